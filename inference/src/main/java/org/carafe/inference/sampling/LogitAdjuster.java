package org.carafe.inference.sampling;

import java.util.Map;

/**
 * Changes a row of logits before anything is reported or chosen: bias, then penalties, then the ban of end ids. The order is vLLM's
 * ({@code v1/sample/sampler.py}: logit bias, then repetition, frequency and presence penalties of
 * {@code model_executor/layers/utils.py}); the repetition penalty is that of CTRL (Keskar et al. 2019, section 4.1) and Hugging
 * Face's {@code RepetitionPenaltyLogitsProcessor}, frequency and presence are OpenAI's. Arithmetic is float32, one rounding per
 * operation.
 */
final class LogitAdjuster {
    private LogitAdjuster() {}

    static boolean changesNothing(SamplingParams params) {
        return params.logitBias().isEmpty()
                && !penalizes(params)
                && (params.minTokens() == 0 || params.bannedUntilMinTokens().isEmpty());
    }

    static void adjust(float[] row, int vocabularySize, SamplingState state) {
        SamplingParams params = state.params();
        for (Map.Entry<Integer, Double> bias : params.logitBias().entrySet()) {
            int id = bias.getKey();
            if (id >= 0 && id < vocabularySize) {
                row[id] += bias.getValue().floatValue();
            }
        }
        if (penalizes(params)) {
            penalize(row, vocabularySize, params, state.counts());
        }
        if (state.bansEnd()) {
            for (int id : params.bannedUntilMinTokens()) {
                if (id >= 0 && id < vocabularySize) {
                    row[id] = Float.NEGATIVE_INFINITY;
                }
            }
        }
    }

    static boolean penalizes(SamplingParams params) {
        return params.repetitionPenalty() != 1 || params.presencePenalty() != 0 || params.frequencyPenalty() != 0;
    }

    private static void penalize(float[] row, int vocabularySize, SamplingParams params, TokenCounts counts) {
        float repetition = (float) params.repetitionPenalty();
        float presence = (float) params.presencePenalty();
        float frequency = (float) params.frequencyPenalty();
        for (int index = 0; index < counts.distinct(); index++) {
            int id = counts.id(index);
            if (id < 0 || id >= vocabularySize) {
                continue;
            }
            float x = row[id];
            x = x > 0 ? x / repetition : x * repetition;
            int count = counts.outputCount(index);
            if (count > 0) {
                x -= frequency * count;
                x -= presence;
            }
            row[id] = x;
        }
    }
}
