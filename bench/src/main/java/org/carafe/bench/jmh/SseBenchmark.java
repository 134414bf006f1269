package org.carafe.bench.jmh;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.carafe.inference.IntList;
import org.carafe.inference.text.TextEvent;
import org.carafe.inference.text.TokenLogprob;
import org.carafe.server.openai.AnswerFrame;
import org.carafe.server.openai.ChatEncoder;
import org.carafe.server.openai.JsonBuffer;
import org.carafe.server.openai.SamplingFields;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One streamed token's bytes: a {@code chat.completion.chunk} as a server-sent event. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SseBenchmark {
    private static final String[] TEXTS = {
        " the", " rain", "\n\n", " \"quoted\"", " Köln", "数字", "🙂", ".", " stays", " 365"
    };

    /** Alternatives to report with each token; -1: no log-probabilities. */
    @Param({"-1", "5"})
    public int logprobs = -1;

    private final JsonBuffer out = new JsonBuffer();
    private final List<TextEvent.Delta> deltas = new ArrayList<>();
    private ChatEncoder encoder = encoder(-1);
    private int next;

    private static ChatEncoder encoder(int logprobs) {
        AnswerFrame frame = new AnswerFrame(
                "chatcmpl-0123456789abcdef01234567",
                1_760_000_000,
                "carafe/demo",
                "fp_0123456789abcdef_torch-cpu-bf16");
        SamplingFields fields = new SamplingFields(
                64, null, null, null, null, null, 0, 0, Map.of(), null, List.of(), Set.of(), 0, false, 0, logprobs, 1,
                true, false, false);
        return new ChatEncoder(frame, fields, new int[0]);
    }

    @Setup
    public void fill() {
        encoder = encoder(logprobs);
        deltas.clear();
        for (int i = 0; i < TEXTS.length; i++) {
            List<TokenLogprob.Entry> top = new ArrayList<>();
            for (int alternative = 0; alternative < logprobs; alternative++) {
                top.add(entry((i + alternative) % TEXTS.length));
            }
            List<TokenLogprob> scores = logprobs < 0 ? List.of() : List.of(new TokenLogprob(entry(i), top));
            deltas.add(new TextEvent.Delta(TEXTS[i], IntList.of(i), scores));
        }
    }

    private static TokenLogprob.Entry entry(int i) {
        return new TokenLogprob.Entry(i, TEXTS[i], TEXTS[i].getBytes(StandardCharsets.UTF_8), -0.7312345f - i);
    }

    @Benchmark
    public int encodeChunk() {
        out.clear();
        next = (next + 1) % TEXTS.length;
        encoder.delta(out, 0, deltas.get(next));
        return out.size();
    }
}
