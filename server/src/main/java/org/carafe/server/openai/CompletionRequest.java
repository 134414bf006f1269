package org.carafe.server.openai;

import java.util.List;

/**
 * A valid {@code POST /v1/completions}.
 *
 * @param prompts at least one
 * @param echo the answer begins with the prompt
 * @param bestOf sequences to generate per prompt, of which the best {@code n} are returned; at least {@code n}
 * @param addSpecialTokens tokenize text prompts with BOS where the model wants one
 * @param ignoredFields unknown fields that were let pass
 */
public record CompletionRequest(
        String model,
        List<Prompt> prompts,
        boolean echo,
        int bestOf,
        boolean addSpecialTokens,
        SamplingFields sampling,
        List<String> ignoredFields) {}
