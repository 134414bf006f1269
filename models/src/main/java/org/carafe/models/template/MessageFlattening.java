package org.carafe.models.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.carafe.models.template.TemplateException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Prepares OpenAI messages for a template. OpenAI's content is a string, null, absent or an array of parts; most templates
 * take strings only. The policy, for a template that
 *
 * <ul>
 *   <li><b>never loops over content</b>: parts become one string, their texts joined by line breaks (as vLLM and llama.cpp join
 *       them); a part that is not text is an error;
 *   <li><b>loops over content and asks whether it is a string</b>: content goes through as it is, but a single text part
 *       becomes a string, since such templates often take only strings in system messages;
 *   <li><b>loops over content and never asks</b>: a string becomes one text part.
 * </ul>
 *
 * Null and absent content are one thing to OpenAI: null for a template that asks whether content is none, else no text.
 */
public final class MessageFlattening {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private MessageFlattening() {}

    /**
     * The messages as this template wants them; the given ones are not changed.
     *
     * @throws TemplateException of kind VALUE where a part that is not text would be lost
     */
    public static JsonNode prepare(JsonNode messages, ChatTemplate template) throws TemplateException {
        return prepare(messages, template.contentUse());
    }

    static JsonNode prepare(JsonNode messages, ContentUse use) {
        if (!messages.isArray()) {
            return messages;
        }
        ArrayNode prepared = NODES.arrayNode(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            JsonNode message = messages.get(i);
            prepared.add(message instanceof ObjectNode object ? message(object, i, use) : message);
        }
        return prepared;
    }

    private static ObjectNode message(ObjectNode message, int index, ContentUse use) {
        JsonNode content = message.get("content");
        JsonNode wanted = content(content, index, use);
        if (wanted.equals(content)) {
            return message;
        }
        ObjectNode copy = NODES.objectNode();
        copy.setAll(message);
        copy.set("content", wanted);
        return copy;
    }

    private static JsonNode content(@Nullable JsonNode content, int index, ContentUse use) {
        boolean partsOnly = use.wantsParts() && !use.knowsStrings();
        if (content == null || content.isNull()) {
            return use.knowsNone() ? NODES.nullNode() : partsOnly ? NODES.arrayNode() : NODES.textNode("");
        }
        if (content.isTextual()) {
            return partsOnly ? NODES.arrayNode().add(textPart(content)) : content;
        }
        if (!content.isArray()) {
            return content;
        }
        if (!use.wantsParts()) {
            return NODES.textNode(joined(content, index));
        }
        String only = content.size() == 1 && use.knowsStrings() ? text(content.get(0)) : null;
        return only == null ? content : NODES.textNode(only);
    }

    private static ObjectNode textPart(JsonNode text) {
        ObjectNode part = NODES.objectNode();
        part.put("type", "text");
        part.set("text", text);
        return part;
    }

    private static String joined(JsonNode parts, int index) {
        List<String> texts = new ArrayList<>();
        for (JsonNode part : parts) {
            String text = text(part);
            if (text == null) {
                throw new TemplateException(
                        Kind.VALUE,
                        "content of message " + index + " has a part of type '"
                                + part.path("type").asText("") + "', but this model takes text only",
                        0,
                        0);
            }
            texts.add(text);
        }
        return String.join("\n", texts);
    }

    /** The text of a part, or null where it is none. */
    private static @Nullable String text(JsonNode part) {
        if (part.isTextual()) {
            return part.textValue();
        }
        JsonNode text = switch (part.path("type").asText("")) {
            case "text", "input_text", "output_text" -> part.path("text");
            case "refusal" -> part.path("refusal");
            default -> NODES.missingNode();
        };
        return text.textValue();
    }
}
