package org.carafe.bench.load;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** What a run's requests measured, in microseconds. Not thread-safe. */
public final class Recorder {
    private static final int DIGITS = 3;

    private final Histogram firstToken = new Histogram(DIGITS);
    private final Histogram interToken = new Histogram(DIGITS);
    private final Histogram perToken = new Histogram(DIGITS);
    private final Histogram whole = new Histogram(DIGITS);
    private final Map<String, Integer> failures = new TreeMap<>();
    private long promptTokens;
    private long outputTokens;
    private int succeeded;

    /** A token that came so long after the one before it. */
    public void gap(long nanos) {
        interToken.recordValue(micros(nanos));
    }

    /**
     * A request that ended well.
     *
     * @param firstTokenNanos from when it was due; negative where the answer was not streamed
     * @param wholeNanos from when it was due to its last byte
     */
    public void succeeded(long firstTokenNanos, long wholeNanos, int prompt, int output) {
        succeeded++;
        promptTokens += prompt;
        outputTokens += output;
        whole.recordValue(micros(wholeNanos));
        if (firstTokenNanos >= 0) {
            firstToken.recordValue(micros(firstTokenNanos));
            if (output > 1) {
                perToken.recordValue(micros((wholeNanos - firstTokenNanos) / (output - 1)));
            }
        }
    }

    /** A request that ended otherwise; failures of the same kind are counted together. */
    public void failed(String kind) {
        failures.merge(kind, 1, Integer::sum);
    }

    public int succeeded() {
        return succeeded;
    }

    public int failed() {
        return failures.values().stream().mapToInt(Integer::intValue).sum();
    }

    public long outputTokens() {
        return outputTokens;
    }

    /** The figures of a run that took so long. */
    public Summary summary(LoadPlan plan, long elapsedNanos) {
        double seconds = elapsedNanos / 1e9;
        return new Summary(
                plan.concurrency(),
                plan.requestsPerSecond(),
                succeeded,
                failed(),
                Map.copyOf(failures),
                seconds,
                succeeded / seconds,
                outputTokens / seconds,
                promptTokens / seconds,
                Quantiles.ofMicros(firstToken),
                Quantiles.ofMicros(interToken),
                Quantiles.ofMicros(perToken),
                Quantiles.ofMicros(whole));
    }

    private static long micros(long nanos) {
        return Math.max(0, TimeUnit.NANOSECONDS.toMicros(nanos));
    }
}
