package org.carafe.server.accounts;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an assistant is made of.
 *
 * @param model id of the base model
 * @param adapter id of a LoRA adapter; null: none
 * @param systemPrompt null: none
 * @param sampling defaults by the names of the chat request's fields: {@code temperature}, {@code max_tokens}, ...
 */
public record AssistantSettings(
        String model, @Nullable String adapter, @Nullable String systemPrompt, Map<String, Number> sampling) {
    public AssistantSettings {
        sampling = Map.copyOf(sampling);
    }
}
