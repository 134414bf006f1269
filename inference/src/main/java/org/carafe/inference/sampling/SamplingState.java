package org.carafe.inference.sampling;

import org.carafe.inference.IntView;
import org.jspecify.annotations.Nullable;

/**
 * What choosing the next token of one sequence depends on. Derived from the sequence alone, never from its batch, so that a seeded
 * request yields the same tokens whatever runs beside it and after any preemption. One thread at a time.
 */
public final class SamplingState {
    private final SamplingParams params;
    private final IntView tokens;
    private final int promptTokens;
    private @Nullable TokenCounts counts;

    /**
     * @param params the request's parameters
     * @param tokens prompt and output so far; a live view that only grows
     * @param promptTokens how many of them are the prompt
     */
    public SamplingState(SamplingParams params, IntView tokens, int promptTokens) {
        this.params = params;
        this.tokens = tokens;
        this.promptTokens = promptTokens;
    }

    public SamplingParams params() {
        return params;
    }

    public IntView tokens() {
        return tokens;
    }

    public int promptTokens() {
        return promptTokens;
    }

    /** Tokens generated so far: also the counter of the random number for the next one. */
    public int generated() {
        return tokens.size() - promptTokens;
    }

    /** Whether end and stop ids cannot be chosen yet. */
    public boolean bansEnd() {
        return generated() < params.minTokens()
                && !params.bannedUntilMinTokens().isEmpty();
    }

    /** Whether the next token is the first of the largest raw logits and nothing is reported: a device may take it itself. */
    public boolean isPlainGreedy() {
        return Sampler.isPlainGreedy(params) || (Sampler.isPlainGreedyAfterMinTokens(params) && !bansEnd());
    }

    /** The counts that penalties need, up to date. */
    TokenCounts counts() {
        TokenCounts current = counts;
        if (current == null) {
            current = new TokenCounts();
            counts = current;
        }
        current.catchUp(tokens, promptTokens);
        return current;
    }
}
