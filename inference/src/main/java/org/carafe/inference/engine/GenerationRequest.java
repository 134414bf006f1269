package org.carafe.inference.engine;

import java.time.Instant;
import java.util.Set;
import org.carafe.inference.IntView;
import org.carafe.inference.sampling.SamplingParams;
import org.jspecify.annotations.Nullable;

/**
 * One sequence to generate, parsed and admitted.
 *
 * @param requestId for logs
 * @param account queues are fair between accounts, and cached prompts are shared inside one only
 * @param prompt token ids; at least one
 * @param sampling how to choose
 * @param maxTokens most tokens to generate; prompt and these fit the context
 * @param stopTokenIds ids that end the generation; the id itself counts as generated but has no text
 * @param priority lower is served first (vLLM's {@code priority}); 0 usual
 * @param deadline when waiting for a place is no longer worth it; null: none
 * @param promptLogprobs alternatives per prompt token (0: only its own log-probability); -1: none
 */
public record GenerationRequest(
        String requestId,
        String account,
        IntView prompt,
        SamplingParams sampling,
        int maxTokens,
        Set<Integer> stopTokenIds,
        int priority,
        @Nullable Instant deadline,
        int promptLogprobs) {
    public GenerationRequest {
        stopTokenIds = Set.copyOf(stopTokenIds);
        assert prompt.size() > 0 && maxTokens > 0 && promptLogprobs >= -1
                : "an admitted request has a prompt and room to answer";
    }

    /** The same with another limit of its answer. */
    public GenerationRequest withMaxTokens(int tokens) {
        return new GenerationRequest(
                requestId, account, prompt, sampling, tokens, stopTokenIds, priority, deadline, promptLogprobs);
    }
}
