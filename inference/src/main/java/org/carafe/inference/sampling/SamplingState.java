package org.carafe.inference.sampling;

import org.carafe.inference.runner.IntView;

/**
 * What choosing the next token of one sequence depends on. Derived from the sequence alone, never from its batch, so that a seeded
 * request yields the same tokens whatever runs beside it and after any preemption.
 *
 * @param params the request's parameters
 * @param tokens prompt and output so far; a live view
 * @param promptTokens how many of them are the prompt
 */
public record SamplingState(SamplingParams params, IntView tokens, int promptTokens) {
    /** Tokens generated so far: also the counter of the random number for the next one. */
    public int generated() {
        return tokens.size() - promptTokens;
    }
}
