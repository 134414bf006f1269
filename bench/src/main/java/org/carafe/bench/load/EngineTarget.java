package org.carafe.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.carafe.inference.IntList;
import org.carafe.inference.engine.Engine;
import org.carafe.inference.engine.FinishReason;
import org.carafe.inference.engine.GenerationEvent;
import org.carafe.inference.engine.GenerationRequest;
import org.carafe.inference.engine.GenerationStream;
import org.carafe.inference.sampling.SamplingParams;

/** An engine in this process: token ids in, token ids out, a virtual thread for each request. Prompts are random ids. */
public final class EngineTarget implements Target {
    private static final int LOWEST_ID = 256;
    private static final long PROGRESS_MILLIS = 200;

    private final Engine engine;
    private final Prompts prompts;
    private final int outputTokens;

    /**
     * A started engine.
     *
     * @param inputTokens length of each prompt
     * @param sharedTokens how many of them are the same in all
     * @param outputTokens length of each answer
     */
    public EngineTarget(Engine engine, int inputTokens, int sharedTokens, int outputTokens, long seed) {
        this.engine = engine;
        this.prompts =
                new Prompts(engine.shape().vocabularySize(), inputTokens, sharedTokens, new SplittableRandom(seed));
        this.outputTokens = outputTokens;
    }

    @Override
    public Summary run(LoadPlan plan, Progress progress) throws InterruptedException {
        Recorder recorder = new Recorder();
        long started = System.nanoTime();
        Arrivals arrivals = new Arrivals(plan, started);
        BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
        int underWay = 0;
        while (true) {
            long now = System.nanoTime();
            while (underWay < plan.concurrency() && !arrivals.isOver(now) && arrivals.dueNanos(now) <= now) {
                long due = arrivals.dueNanos(now);
                arrivals.take();
                GenerationRequest request = request(arrivals.taken());
                Thread.ofVirtual().start(() -> outcomes.add(generate(request, due)));
                underWay++;
            }
            if (underWay == 0 && arrivals.isOver(now)) {
                break;
            }
            long waitMillis = underWay == plan.concurrency() || arrivals.isOver(now)
                    ? PROGRESS_MILLIS
                    : TimeUnit.NANOSECONDS.toMillis(arrivals.dueNanos(now) - now);
            Outcome outcome = outcomes.poll(Math.clamp(waitMillis, 1, PROGRESS_MILLIS), TimeUnit.MILLISECONDS);
            for (; outcome != null; outcome = outcomes.poll()) {
                underWay--;
                outcome.record(recorder);
            }
            if (!engine.isOpen()) {
                // Interrupted, or it died: figures of half a run would pass for figures.
                throw new IllegalStateException("the engine was stopped before the run was over");
            }
            progress.at(recorder.succeeded() + recorder.failed(), recorder.outputTokens());
        }
        return recorder.summary(plan, System.nanoTime() - started);
    }

    private GenerationRequest request(int number) {
        IntList prompt = prompts.next();
        return new GenerationRequest(
                "bench-" + number, "bench", prompt, SamplingParams.greedy(), outputTokens, Set.of(), 0, null, -1);
    }

    /** When each token of a request came. */
    private record Outcome(long dueNanos, List<Long> tokenNanos, long endNanos, int promptTokens, String failure) {
        void record(Recorder recorder) {
            if (!failure.isEmpty()) {
                recorder.failed(failure);
                return;
            }
            for (int i = 1; i < tokenNanos.size(); i++) {
                recorder.gap(tokenNanos.get(i) - tokenNanos.get(i - 1));
            }
            recorder.succeeded(tokenNanos.getFirst() - dueNanos, endNanos - dueNanos, promptTokens, tokenNanos.size());
        }
    }

    private Outcome generate(GenerationRequest request, long dueNanos) {
        List<Long> times = new ArrayList<>(outputTokens);
        String failure = "";
        try (GenerationStream stream = engine.submit(request)) {
            List<GenerationEvent> events = new ArrayList<>();
            while (stream.take(events)) {
                long now = System.nanoTime();
                for (GenerationEvent event : events) {
                    switch (event) {
                        case GenerationEvent.Token token -> times.add(now);
                        case GenerationEvent.Failed failed -> failure = failed.failure() + ": " + failed.message();
                        case GenerationEvent.Finished finished
                        when finished.reason() == FinishReason.CANCELLED -> failure = "cancelled";
                        case GenerationEvent.Finished finished -> {}
                        case GenerationEvent.Prompt prompt -> {}
                    }
                }
                events.clear();
            }
        } catch (RuntimeException e) {
            failure = String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = "interrupted";
        }
        if (failure.isEmpty() && times.isEmpty()) {
            failure = "no token came";
        }
        return new Outcome(dueNanos, times, System.nanoTime(), request.prompt().size(), failure);
    }

    @Override
    public void close() {}

    /** Prompts of random ids that begin alike as far as asked for. */
    private record Prompts(int vocabularySize, int length, List<Integer> shared, SplittableRandom random) {
        Prompts(int vocabularySize, int length, int sharedTokens, SplittableRandom random) {
            this(vocabularySize, length, new ArrayList<>(), random);
            for (int i = 0; i < sharedTokens; i++) {
                shared.add(id());
            }
        }

        private int id() {
            return random.nextInt(Math.min(LOWEST_ID, vocabularySize / 2), vocabularySize);
        }

        IntList next() {
            IntList prompt = new IntList(length);
            for (int id : shared) {
                prompt.add(id);
            }
            while (prompt.size() < length) {
                prompt.add(id());
            }
            return prompt;
        }
    }
}
