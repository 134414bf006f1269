package org.carafe.inference.sampling;

import org.jspecify.annotations.Nullable;

/**
 * A sampled token.
 *
 * @param logprobs null where the request asked for none
 */
public record SampledToken(int tokenId, @Nullable TokenLogprobs logprobs) {}
