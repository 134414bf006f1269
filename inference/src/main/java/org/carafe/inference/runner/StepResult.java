package org.carafe.inference.runner;

import java.util.List;
import org.carafe.inference.sampling.SampledToken;
import org.carafe.inference.sampling.TokenLogprobs;
import org.jspecify.annotations.Nullable;

/**
 * What a step produced, slice by slice in the plan's order.
 *
 * @param sampled the token sampled after each slice's last position; null where none was asked for
 * @param promptLogprobs per slice, one entry for each known token that was asked for; an empty list where none was
 */
public record StepResult(List<@Nullable SampledToken> sampled, List<List<TokenLogprobs>> promptLogprobs) {}
