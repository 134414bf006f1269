package org.carafe.inference.sampling;

import java.util.Map;
import java.util.Set;

/**
 * How to choose tokens. Ranges are checked where a request is parsed; here they are law.
 *
 * @param temperature 0: greedy
 * @param topK most probable tokens kept; 0: all
 * @param topP smallest set of most probable tokens whose probability reaches this; 1: all
 * @param minP tokens below this share of the best one's probability are dropped; 0: none
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens seen in prompt or output; 1: off
 * @param presencePenalty subtracted once from logits of tokens seen in the output; 0: off
 * @param frequencyPenalty subtracted per occurrence in the output; 0: off
 * @param logitBias added to logits by token id
 * @param seed of this sequence's random numbers
 * @param logprobs alternatives to report with each token (0: only its own log-probability); -1: report nothing
 * @param bannedUntilMinTokens ids that cannot be chosen before {@code minTokens} tokens were generated (end and stop ids)
 * @param minTokens see there
 */
public record SamplingParams(
        double temperature,
        int topK,
        double topP,
        double minP,
        double repetitionPenalty,
        double presencePenalty,
        double frequencyPenalty,
        Map<Integer, Double> logitBias,
        long seed,
        int logprobs,
        Set<Integer> bannedUntilMinTokens,
        int minTokens) {
    public SamplingParams {
        logitBias = Map.copyOf(logitBias);
        bannedUntilMinTokens = Set.copyOf(bannedUntilMinTokens);
        assert temperature >= 0 && topK >= 0 && topP > 0 && topP <= 1 && minP >= 0 && minP <= 1
                : "parameters are in range";
        assert repetitionPenalty > 0 && logprobs >= -1 && minTokens >= 0 : "parameters are in range";
    }

    /** The best token each time, nothing reported. */
    public static SamplingParams greedy() {
        return new SamplingParams(0, 0, 1, 0, 1, 0, 0, Map.of(), 0, -1, Set.of(), 0);
    }
}
