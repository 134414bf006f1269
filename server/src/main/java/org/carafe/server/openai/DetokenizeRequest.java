package org.carafe.server.openai;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A valid {@code POST /detokenize}.
 *
 * @param model null: the first one served
 * @param tokens ids; not yet checked against a vocabulary
 */
public record DetokenizeRequest(@Nullable String model, List<Integer> tokens, List<String> ignoredFields) {}
