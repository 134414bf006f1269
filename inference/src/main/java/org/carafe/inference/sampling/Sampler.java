package org.carafe.inference.sampling;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Chooses a token from a row of logits. One per runner thread: it owns scratch arrays and keeps nothing between calls.
 *
 * <p>The steps, in vLLM's and Hugging Face's order: {@link LogitAdjuster} (bias, penalties, min-tokens ban); log-probabilities are
 * reported from there; temperature; top-k; top-p over what is left; min-p; one draw. What is exact:
 *
 * <ul>
 *   <li>Tokens are ranked by logit (top-k) or weight (top-p), larger first, then by id, lower first. Top-k keeps exactly k tokens, so
 *       {@code topK = 1} is greedy. (vLLM keeps all that tie with the k-th.)
 *   <li>Weights are the whole numbers of {@link ExpWeights}. Top-p keeps a token when the weights ranked before it sum to less than
 *       {@code ceil(topP * total)}, as vLLM and {@code TopPLogitsWarper}: the token that crosses the line is inside. Min-p keeps
 *       weights of at least {@code ceil(minP * 2^30)}.
 *   <li>The draw is an inverse CDF in order of ids: with r = {@link Philox} (seed, tokens generated so far), the token is the first
 *       whose inclusive sum of kept weights exceeds {@code floor(r * total / 2^64)}.
 *   <li>A temperature below 1e-5 is greedy (vLLM's {@code _SAMPLING_EPS}): the first of the largest logits.
 * </ul>
 */
public final class Sampler {
    private static final double GREEDY_TEMPERATURE_MAX = 1e-5;

    private final int vocabularySize;
    private final float[] row;
    private final float[] scratch;
    private final Candidates candidates;

    public Sampler(int vocabularySize) {
        this.vocabularySize = vocabularySize;
        row = new float[vocabularySize];
        scratch = new float[vocabularySize];
        candidates = new Candidates(vocabularySize);
    }

    /** Whether every token is the first of the largest raw logits and nothing is reported, so that a device may take it itself. */
    public static boolean isPlainGreedy(SamplingParams params) {
        return isPlainGreedyAfterMinTokens(params)
                && (params.minTokens() == 0 || params.bannedUntilMinTokens().isEmpty());
    }

    static boolean isPlainGreedyAfterMinTokens(SamplingParams params) {
        return params.temperature() < GREEDY_TEMPERATURE_MAX
                && params.logprobs() < 0
                && params.logitBias().isEmpty()
                && !LogitAdjuster.penalizes(params);
    }

    /**
     * The next token of a sequence.
     *
     * @param logits raw, {@code vocabularySize} float32 in native order
     * @return {@link SampledToken#INVALID} where the adjusted row holds NaN or positive infinity, or nothing but negative infinity
     */
    public SampledToken sample(MemorySegment logits, SamplingState state) {
        SamplingParams params = state.params();
        load(logits);
        if (!LogitAdjuster.changesNothing(params)) {
            LogitAdjuster.adjust(row, vocabularySize, state);
        }
        int best = indexOfMax();
        if (best < 0) {
            return SampledToken.INVALID;
        }
        float max = row[best];
        int tokenId = params.temperature() < GREEDY_TEMPERATURE_MAX
                ? best
                : candidates.draw(row, max, params, Philox.bits(params.seed(), state.generated()));
        return params.logprobs() < 0
                ? new SampledToken(tokenId, null)
                : new SampledToken(tokenId, report(tokenId, params.logprobs(), max));
    }

    /**
     * The log-probability of a known token under raw logits, for prompts.
     *
     * @param logits raw, {@code vocabularySize} float32 in native order
     * @param top how many of the most probable tokens to report with it
     * @return NaN log-probability and no alternatives where the row holds NaN or positive infinity, or nothing but negative infinity
     */
    public TokenLogprobs logprobs(MemorySegment logits, int tokenId, int top) {
        load(logits);
        int best = indexOfMax();
        return best >= 0 ? report(tokenId, top, row[best]) : new TokenLogprobs(tokenId, Float.NaN, List.of());
    }

    private void load(MemorySegment logits) {
        MemorySegment.copy(logits, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, row, 0, vocabularySize);
    }

    /** The first of the largest logits; -1 where the row is no distribution. */
    private int indexOfMax() {
        int best = -1;
        float max = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < vocabularySize; id++) {
            float x = row[id];
            // One branch that is seldom taken: a new maximum or NaN. Faster than Math.max, which C2 does not vectorize
            // as a reduction.
            if (!(x <= max)) {
                if (Float.isNaN(x)) {
                    return -1;
                }
                max = x;
                best = id;
            }
        }
        return max == Float.POSITIVE_INFINITY ? -1 : best;
    }

    private TokenLogprobs report(int tokenId, int top, float max) {
        double logOfSum = Math.log(ExpWeights.sumOfExponentials(row, vocabularySize, max, scratch)) + max;
        List<TokenLogprobs.Alternative> alternatives = List.of();
        if (top > 0) {
            long[] best = candidates.best(row, top);
            alternatives = new ArrayList<>(best.length);
            for (long key : best) {
                int id = Ranking.id(key);
                if (row[id] > Float.NEGATIVE_INFINITY) {
                    alternatives.add(new TokenLogprobs.Alternative(id, (float) (row[id] - logOfSum)));
                }
            }
        }
        return new TokenLogprobs(tokenId, (float) (row[tokenId] - logOfSum), alternatives);
    }
}
