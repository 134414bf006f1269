package org.carafe.bench.peers;

import java.util.List;
import org.carafe.bench.peers.Contender.Maker;
import org.carafe.server.loading.NumericType;

/**
 * A ratio that Carafe set out to reach: on 2 cores without a GPU, on a checkpoint of Llama 3.2 1B's shape.
 *
 * @param figure Carafe's
 * @param peer whose figure it is divided by: llama.cpp's own, or the most tokens per second that Jlama decodes in any way
 * @param ratio at least
 */
record Goal(Figure figure, Maker peer, double ratio) {
    private static final int PREFILL_TOKENS = 512;
    private static final int STREAMS = 16;

    /** Those that a comparison of these weights on this workload can answer. */
    static List<Goal> of(NumericType dtype, Workload work) {
        List<Goal> all = switch (dtype) {
            case auto, bf16 ->
                List.of(
                        new Goal(Figure.PREFILL, Maker.LLAMA_CPP, 2.0),
                        new Goal(Figure.DECODE, Maker.LLAMA_CPP, 1.0),
                        new Goal(Figure.STREAMS, Maker.LLAMA_CPP, 2.0),
                        new Goal(Figure.STREAMS, Maker.JLAMA, 5.0));
            case int8, int4 -> List.of(new Goal(Figure.DECODE, Maker.LLAMA_CPP, 0.9));
            case f32 -> List.of();
        };
        return all.stream()
                .filter(goal -> goal.figure == Figure.STREAMS
                        ? work.streams() == STREAMS
                        : work.prefillTokens() == PREFILL_TOKENS)
                .toList();
    }
}
