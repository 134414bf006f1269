package org.carafe.server.openai;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of chat and text completions that say how to generate; ranges are checked. Null: not given, the model's own default holds.
 *
 * @param maxTokens null: whatever fits the context; 0 only for an echoed completion
 * @param topK 0: all
 * @param topP above 0; a caller's 0 means the best token alone
 * @param seed null: random
 * @param stop texts that end a generation
 * @param stopTokenIds ids that end it; not yet checked against a vocabulary
 * @param logitBias by token id; not yet checked against a vocabulary
 * @param logprobs alternatives per generated token (0: only its own); -1: none
 * @param n choices to answer with
 * @param stream as server-sent events
 * @param includeUsage a last chunk with usage
 * @param returnTokenIds choices gain token ids
 */
public record SamplingFields(
        @Nullable Integer maxTokens,
        @Nullable Double temperature,
        @Nullable Double topP,
        @Nullable Integer topK,
        @Nullable Double minP,
        @Nullable Double repetitionPenalty,
        double presencePenalty,
        double frequencyPenalty,
        Map<Integer, Double> logitBias,
        @Nullable Long seed,
        List<String> stop,
        Set<Integer> stopTokenIds,
        int minTokens,
        boolean ignoreEos,
        int priority,
        int logprobs,
        int n,
        boolean stream,
        boolean includeUsage,
        boolean returnTokenIds) {}
