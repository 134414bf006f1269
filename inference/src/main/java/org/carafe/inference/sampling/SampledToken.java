package org.carafe.inference.sampling;

import org.jspecify.annotations.Nullable;

/**
 * A sampled token.
 *
 * @param logprobs null where the request asked for none
 */
public record SampledToken(int tokenId, @Nullable TokenLogprobs logprobs) {
    /** No token could be chosen: the row of logits is not a distribution. The engine fails this sequence and no other. */
    public static final SampledToken INVALID = new SampledToken(-1, null);

    public boolean isValid() {
        return tokenId >= 0;
    }
}
