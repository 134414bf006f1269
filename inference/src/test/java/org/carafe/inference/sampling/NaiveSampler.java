package org.carafe.inference.sampling;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What {@link Sampler} promises, said with full sorts and nothing shared but the weight of a token and the random number. */
final class NaiveSampler {
    private NaiveSampler() {}

    /** The token, or -1 where the row is no distribution. */
    static int choose(float[] logits, SamplingState state) {
        float[] row = adjusted(logits, state);
        SamplingParams params = state.params();
        float max = Float.NEGATIVE_INFINITY;
        for (float x : row) {
            if (Float.isNaN(x) || x == Float.POSITIVE_INFINITY) {
                return -1;
            }
            max = Math.max(max, x);
        }
        if (max == Float.NEGATIVE_INFINITY) {
            return -1;
        }
        List<Integer> ids = new ArrayList<>();
        for (int id = 0; id < row.length; id++) {
            ids.add(id);
        }
        ids.sort(Comparator.<Integer>comparingDouble(id -> 0.0 - row[id]).thenComparing(id -> id));
        if (params.temperature() < 1e-5) {
            return ids.getFirst();
        }
        if (params.topK() > 0 && params.topK() < ids.size()) {
            ids = new ArrayList<>(ids.subList(0, params.topK()));
        }
        Map<Integer, Long> weights = new HashMap<>();
        long total = 0;
        for (int id : ids) {
            long weight = ExpWeights.weight(row[id], max, ExpWeights.scale(params.temperature()));
            weights.put(id, weight);
            total += weight;
        }
        ids.sort(Comparator.<Integer>comparingLong(id -> -weights.get(id)).thenComparing(id -> id));
        List<Integer> kept = new ArrayList<>();
        long before = 0;
        for (int id : ids) {
            boolean nucleus = params.topP() >= 1 || before < Math.ceil(params.topP() * total);
            if (nucleus && weights.get(id) >= params.minP() * (1 << 30)) {
                kept.add(id);
            }
            before += weights.get(id);
        }
        kept.sort(null);
        long keptTotal = 0;
        for (int id : kept) {
            keptTotal += weights.get(id);
        }
        long threshold = Math.unsignedMultiplyHigh(Philox.bits(params.seed(), state.generated()), keptTotal);
        long sum = 0;
        for (int id : kept) {
            sum += weights.get(id);
            if (sum > threshold) {
                return id;
            }
        }
        throw new AssertionError("nothing is kept");
    }

    private static float[] adjusted(float[] logits, SamplingState state) {
        float[] row = logits.clone();
        SamplingParams params = state.params();
        params.logitBias().forEach((id, bias) -> {
            if (id < row.length) {
                row[id] += bias.floatValue();
            }
        });
        for (int id = 0; id < row.length; id++) {
            boolean seen = false;
            int count = 0;
            for (int i = 0; i < state.tokens().size(); i++) {
                if (state.tokens().get(i) == id) {
                    seen = true;
                    count += i >= state.promptTokens() ? 1 : 0;
                }
            }
            float repetition = (float) params.repetitionPenalty();
            if (seen) {
                row[id] = row[id] > 0 ? row[id] / repetition : row[id] * repetition;
            }
            if (count > 0) {
                row[id] -= (float) params.frequencyPenalty() * count;
                row[id] -= (float) params.presencePenalty();
            }
            if (state.generated() < params.minTokens()
                    && params.bannedUntilMinTokens().contains(id)) {
                row[id] = Float.NEGATIVE_INFINITY;
            }
        }
        return row;
    }
}
