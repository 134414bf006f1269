package org.carafe.bench.jmh;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.carafe.inference.IntList;
import org.carafe.inference.sampling.SampledToken;
import org.carafe.inference.sampling.Sampler;
import org.carafe.inference.sampling.SamplingParams;
import org.carafe.inference.sampling.SamplingState;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One token from one row of Llama 3's vocabulary. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SamplerBenchmark {
    private static final int VOCABULARY = 128_256;

    /** What is asked for. */
    public enum Choice {
        GREEDY,
        TEMPERATURE,
        TOP_K,
        TOP_P,
        TOP_K_TOP_P,
        MIN_P,
        TOP_P_PENALTIES,
        GREEDY_LOGPROBS_5;

        SamplingParams params() {
            return switch (this) {
                case GREEDY -> SamplingParams.greedy();
                case TEMPERATURE -> params(0.8, 0, 1, 0, 1, -1);
                case TOP_K -> params(0.8, 50, 1, 0, 1, -1);
                case TOP_P -> params(0.8, 0, 0.9, 0, 1, -1);
                case TOP_K_TOP_P -> params(0.8, 50, 0.9, 0, 1, -1);
                case MIN_P -> params(0.8, 0, 1, 0.05, 1, -1);
                case TOP_P_PENALTIES -> params(0.8, 0, 0.9, 0, 1.1, -1);
                case GREEDY_LOGPROBS_5 -> params(0, 0, 1, 0, 1, 5);
            };
        }

        private static SamplingParams params(
                double temperature, int topK, double topP, double minP, double repetition, int logprobs) {
            return new SamplingParams(
                    temperature, topK, topP, minP, repetition, 0, 0, Map.of(), 42, logprobs, Set.of(), 0);
        }
    }

    @Param
    public Choice choice = Choice.GREEDY;

    /** Spread of the logits: 0.5 is what random weights give (nearly all tokens are candidates), 2.5 is like a trained model's tail. */
    @Param({"0.5", "2.5"})
    public double spread = 2.5;

    private final Sampler sampler = new Sampler(VOCABULARY);
    private MemorySegment logits = MemorySegment.NULL;
    private SamplingState state = new SamplingState(SamplingParams.greedy(), IntList.of(0), 1);

    @Setup
    public void fill() {
        Random random = new Random(1);
        float[] row = new float[VOCABULARY];
        for (int id = 0; id < VOCABULARY; id++) {
            row[id] = (float) (random.nextGaussian() * spread) + (spread > 1 && id % 5000 == 7 ? 15 : 0);
        }
        logits = MemorySegment.ofArray(row);
        IntList tokens = new IntList(500);
        for (int i = 0; i < 500; i++) {
            tokens.add(random.nextInt(VOCABULARY));
        }
        state = new SamplingState(choice.params(), tokens, 400);
    }

    @Benchmark
    public SampledToken sample() {
        return sampler.sample(logits, state);
    }
}
