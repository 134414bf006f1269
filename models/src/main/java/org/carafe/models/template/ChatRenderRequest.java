package org.carafe.models.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One conversation to render. The template sees every part under transformers' name for it; {@code documents} is None.
 *
 * @param messages an array of objects, as OpenAI's API and transformers have them
 * @param tools an array of tool descriptions; None to the template where null
 * @param addGenerationPrompt ends the prompt with the header of the assistant's next message
 * @param continueFinalMessage ends the prompt within the final message, for the model to go on with it
 * @param kwargs further variables ({@code chat_template_kwargs}); the names of the other parts are refused
 * @param bosToken text of the BOS token; undefined to the template where null
 * @param eosToken text of the EOS token; undefined to the template where null
 * @param now what {@code strftime_now} shows, in UTC
 */
public record ChatRenderRequest(
        JsonNode messages,
        @Nullable JsonNode tools,
        boolean addGenerationPrompt,
        boolean continueFinalMessage,
        Map<String, JsonNode> kwargs,
        @Nullable String bosToken,
        @Nullable String eosToken,
        Instant now) {
    public ChatRenderRequest {
        kwargs = Map.copyOf(kwargs);
    }
}
