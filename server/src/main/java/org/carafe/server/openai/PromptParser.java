package org.carafe.server.openai;

import static org.carafe.server.openai.RequestLimits.SEQUENCES_MAX;
import static org.carafe.server.openai.RequestLimits.TOKENS_MAX;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;

/** Reads the four forms of {@code prompt}: a string, an array of strings, token ids, an array of arrays of token ids. */
final class PromptParser {
    private static final String FORMS =
            "a string, an array of strings, an array of token ids or an array of such arrays";

    private PromptParser() {}

    static List<Prompt> parse(JsonNode prompt) {
        if (prompt.isTextual()) {
            return List.of(text(prompt, "prompt"));
        }
        if (!(prompt instanceof ArrayNode array)) {
            throw Fields.wrongType("prompt", FORMS, prompt);
        }
        if (array.isEmpty()) {
            throw Fields.invalid("prompt", "it is empty");
        }
        if (array.get(0).isNumber()) {
            return List.of(tokens(Fields.array(array, "prompt", TOKENS_MAX), "prompt"));
        }
        List<Prompt> prompts = new ArrayList<>();
        Fields.array(array, "prompt", SEQUENCES_MAX);
        for (int i = 0; i < array.size(); i++) {
            String path = "prompt[" + i + "]";
            JsonNode item = array.get(i);
            if (item.isTextual()) {
                prompts.add(text(item, path));
            } else if (item instanceof ArrayNode ids) {
                prompts.add(tokens(ids, path));
            } else {
                throw Fields.wrongType(path, "a string or an array of token ids", item);
            }
        }
        return prompts;
    }

    private static Prompt text(JsonNode node, String path) {
        return new Prompt.Text(Fields.text(node, path, Integer.MAX_VALUE));
    }

    private static Prompt tokens(ArrayNode array, String path) {
        if (array.isEmpty()) {
            throw Fields.invalid(path, "it is empty");
        }
        return new Prompt.Tokens(TokenIds.parse(array, path));
    }
}
