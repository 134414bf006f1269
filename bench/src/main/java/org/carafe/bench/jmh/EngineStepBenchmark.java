package org.carafe.bench.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.carafe.inference.IntList;
import org.carafe.inference.engine.Engine;
import org.carafe.inference.engine.EngineConfig;
import org.carafe.inference.engine.GenerationEvent;
import org.carafe.inference.engine.GenerationRequest;
import org.carafe.inference.engine.GenerationStream;
import org.carafe.inference.sampling.SamplingParams;
import org.carafe.inference.synthetic.SyntheticConfig;
import org.carafe.inference.synthetic.SyntheticRunner;
import org.carafe.models.tokenizer.IncrementalDecoder;
import org.carafe.models.tokenizer.Tokenizer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One decode step of 64 sequences without a model: scheduling, the synthetic runner's choice, events handed over and taken, and text made
 * of them. The figure "scheduler + sampling + detokenization time per step at 64 sequences".
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class EngineStepBenchmark {
    private static final int SEQUENCES = 64;
    private static final int PROMPT_TOKENS = 128;
    private static final int OUTPUT_TOKENS = 8000;

    private final List<GenerationStream> streams = new ArrayList<>();
    private final List<IncrementalDecoder> decoders = new ArrayList<>();
    private final List<GenerationEvent> events = new ArrayList<>();
    private Engine engine = engine(2);
    private Tokenizer tokenizer = Tokenizer.of(BenchCheckpoint.text(BenchCheckpoint.DEMO));
    private int steps;
    private int prompts;

    private static Engine engine(int vocabularySize) {
        SyntheticConfig runner = SyntheticConfig.of(vocabularySize).withContext(16_384, 16_384 / 16 * SEQUENCES);
        return new Engine(new SyntheticRunner(runner), EngineConfig.defaults());
    }

    @Setup
    public void start() {
        engine = engine(tokenizer.vocabularySize());
        submit();
    }

    private void submit() {
        for (GenerationStream stream : streams) {
            stream.close();
        }
        streams.clear();
        decoders.clear();
        for (int i = 0; i < SEQUENCES; i++) {
            IntList prompt = new IntList(PROMPT_TOKENS);
            for (int j = 0; j < PROMPT_TOKENS; j++) {
                prompt.add((prompts + j) % tokenizer.vocabularySize());
            }
            prompts++;
            streams.add(engine.submit(new GenerationRequest(
                    "bench",
                    "account" + i % 8,
                    prompt,
                    SamplingParams.greedy(),
                    OUTPUT_TOKENS,
                    Set.of(),
                    0,
                    null,
                    -1)));
            decoders.add(tokenizer.decoder(IncrementalDecoder.Start.CONTINUATION, true));
        }
        for (int step = 0;
                step < SEQUENCES * PROMPT_TOKENS / EngineConfig.defaults().prefillTokensMax() + 1;
                step++) {
            engine.step();
        }
        steps = 0;
    }

    @Benchmark
    public int step() throws InterruptedException {
        if (++steps > OUTPUT_TOKENS - 100) {
            submit();
        }
        engine.step();
        int length = 0;
        for (int i = 0; i < SEQUENCES; i++) {
            events.clear();
            streams.get(i).take(events);
            for (int e = 0; e < events.size(); e++) {
                if (events.get(e) instanceof GenerationEvent.Token(var token)) {
                    length += decoders.get(i).append(token.tokenId()).length();
                }
            }
        }
        return length;
    }

    @TearDown
    public void stop() {
        engine.close();
    }
}
