package org.carafe.server.openai;

import org.carafe.inference.engine.Usage;

/**
 * Usage of a whole request.
 *
 * @param promptTokens of all its prompts, each counted once however many choices it has
 * @param cachedTokens those among them that came from the prefix cache
 * @param completionTokens of all its sequences, those that {@code best_of} dropped too
 */
public record UsageTotal(int promptTokens, int cachedTokens, int completionTokens) {
    /** {@code "usage":{...}}. */
    void write(JsonBuffer out) {
        out.name("usage").open();
        out.name("prompt_tokens").number(promptTokens);
        out.name("completion_tokens").number(completionTokens);
        out.name("total_tokens").number((long) promptTokens + completionTokens);
        out.name("prompt_tokens_details")
                .open()
                .name("cached_tokens")
                .number(cachedTokens)
                .close();
        out.close();
    }

    /** For the ledger. */
    public Usage toUsage() {
        return new Usage(promptTokens, cachedTokens, completionTokens);
    }
}
