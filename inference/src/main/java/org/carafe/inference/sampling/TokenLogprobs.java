package org.carafe.inference.sampling;

import java.util.List;

/**
 * The log-probability of one token, and of the best alternatives at its place.
 *
 * @param tokenId the token
 * @param logprob natural logarithm of its probability after penalties and bias, before temperature and truncation
 * @param top the most probable tokens there, best first; the token itself only where it is among them
 */
public record TokenLogprobs(int tokenId, float logprob, List<Alternative> top) {
    /** A token and its log-probability. */
    public record Alternative(int tokenId, float logprob) {}
}
