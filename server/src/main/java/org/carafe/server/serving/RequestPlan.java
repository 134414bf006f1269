package org.carafe.server.serving;

import java.util.List;
import org.carafe.inference.engine.GenerationRequest;

/**
 * A request that only needs to run: checked against its model.
 *
 * @param model that answers
 * @param prompts token ids, prompt by prompt
 * @param sequences to generate, prompt by prompt, {@code sequencesPerPrompt} each
 * @param sequencesPerPrompt {@code best_of}, usually {@code n}
 * @param stopStrings texts that end an answer
 * @param maxTokens most tokens of one sequence; 0: the prompt is scored and nothing answered (the sequences then ask for one token,
 *     as a prompt is only computed for one)
 * @param maxTokensAsked whether the caller named {@code maxTokens}; else it is what fits, and may become less
 * @param reservedBytes memory for log-probabilities that is to be set aside before it runs
 */
public record RequestPlan(
        ServedModel model,
        List<PromptTokens> prompts,
        List<GenerationRequest> sequences,
        int sequencesPerPrompt,
        List<String> stopStrings,
        int maxTokens,
        boolean maxTokensAsked,
        long reservedBytes) {
    /** The same, with answers of fewer tokens. */
    public RequestPlan within(int fewerTokens) {
        if (fewerTokens >= maxTokens) {
            return this;
        }
        List<GenerationRequest> shorter = sequences.stream()
                .map(sequence -> sequence.withMaxTokens(fewerTokens))
                .toList();
        return new RequestPlan(
                model, prompts, shorter, sequencesPerPrompt, stopStrings, fewerTokens, maxTokensAsked, reservedBytes);
    }

    /** Tokens of all prompts together. */
    public long promptTokens() {
        return prompts.stream().mapToLong(prompt -> prompt.ids().length).sum();
    }

    /** Most tokens of all answers together. */
    public long completionTokensMax() {
        return (long) maxTokens * sequences.size();
    }
}
