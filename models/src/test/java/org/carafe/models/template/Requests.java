package org.carafe.models.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.util.Map;

/** Makes requests out of JSON in which quotes may be single. */
final class Requests {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(com.fasterxml.jackson.core.json.JsonReadFeature.ALLOW_SINGLE_QUOTES)
            .build();

    private Requests() {}

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    static ChatRenderRequest messages(String messages) {
        return messages(json(messages));
    }

    static ChatRenderRequest messages(JsonNode messages) {
        return new ChatRenderRequest(messages, null, false, false, Map.of(), "<s>", "</s>", Instant.EPOCH);
    }

    static ChatRenderRequest continuing(String messages) {
        return new ChatRenderRequest(json(messages), null, false, true, Map.of(), "<s>", "</s>", Instant.EPOCH);
    }

    static ChatRenderRequest with(String name, String value) {
        return new ChatRenderRequest(
                json("[]"), null, false, false, Map.of(name, json(value)), null, null, Instant.EPOCH);
    }

    static String render(String template) {
        return ChatTemplate.parse(template).render(messages("[]"));
    }
}
