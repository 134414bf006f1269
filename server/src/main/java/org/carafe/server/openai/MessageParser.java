package org.carafe.server.openai;

import static org.carafe.server.openai.RequestLimits.NAME_CHARS_MAX;
import static org.carafe.server.openai.RequestLimits.PARTS_MAX;
import static org.carafe.server.openai.RequestLimits.TOOL_CALLS_MAX;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.openai.ChatMessage.Role;

/** Reads one message. */
final class MessageParser {
    private static final int ARGUMENT_VALUES_MAX = 4096;
    /** Fields of OpenAI's own answers, which callers send back with their history. */
    private static final List<String> NULL_OR_EMPTY = List.of("refusal", "audio", "function_call", "annotations");

    private MessageParser() {}

    static ChatMessage parse(JsonNode node, String path, UnknownFieldRule unknown) {
        if (!(node instanceof ObjectNode object)) {
            throw Fields.wrongType(path, "an object", node);
        }
        Fields fields = new Fields(object, path + ".");
        Role role = role(fields);
        JsonNode contentNode = fields.value("content");
        List<String> content = contentNode == null ? List.of() : content(contentNode, fields.at("content"), unknown);
        List<JsonNode> toolCalls = role == Role.ASSISTANT ? toolCalls(fields, unknown) : List.of();
        String toolCallId = role == Role.TOOL ? fields.text("tool_call_id", NAME_CHARS_MAX) : null;
        if (content.isEmpty() && toolCalls.isEmpty()) {
            throw new ApiException(
                    ErrorKind.MISSING_FIELD,
                    "Missing required field '" + fields.at("content") + "'.",
                    fields.at("content"));
        }
        String name = fields.text("name", NAME_CHARS_MAX);
        for (String field : NULL_OR_EMPTY) {
            JsonNode value = object.path(field);
            if (value.isNull() || (value.isArray() && value.isEmpty())) {
                fields.value(field);
            }
        }
        unknown.check(fields);
        boolean inParts = contentNode != null && contentNode.isArray();
        return new ChatMessage(role, content, inParts, name, toolCalls, toolCallId);
    }

    private static Role role(Fields fields) {
        String role = fields.requiredText("role", NAME_CHARS_MAX);
        return switch (role) {
            case "system", "developer" -> Role.SYSTEM;
            case "user" -> Role.USER;
            case "assistant" -> Role.ASSISTANT;
            case "tool" -> Role.TOOL;
            default ->
                throw Fields.invalid(
                        fields.at("role"),
                        "'" + Shown.text(role, 40) + "' is none of system, developer, user, assistant, tool");
        };
    }

    private static List<String> content(JsonNode content, String path, UnknownFieldRule unknown) {
        if (content.isTextual()) {
            return List.of(Fields.text(content, path, Integer.MAX_VALUE));
        }
        if (!content.isArray()) {
            throw Fields.wrongType(path, "a string or an array of parts", content);
        }
        ArrayNode parts = Fields.array(content, path, PARTS_MAX);
        if (parts.isEmpty()) {
            throw Fields.invalid(path, "it is empty; at least one part is needed");
        }
        List<String> texts = new ArrayList<>(parts.size());
        for (int i = 0; i < parts.size(); i++) {
            texts.add(part(parts.get(i), path + "[" + i + "]", unknown));
        }
        return texts;
    }

    private static String part(JsonNode node, String path, UnknownFieldRule unknown) {
        if (!(node instanceof ObjectNode object)) {
            throw Fields.wrongType(path, "an object", node);
        }
        Fields fields = new Fields(object, path + ".");
        String type = fields.requiredText("type", NAME_CHARS_MAX);
        if (!type.equals("text")) {
            throw new ApiException(
                    ErrorKind.UNSUPPORTED,
                    "Unsupported '" + fields.at("type") + "': '" + Shown.text(type, 40)
                            + "'; this model reads parts of type 'text' only.",
                    fields.at("type"));
        }
        String text = fields.requiredText("text", Integer.MAX_VALUE);
        unknown.check(fields);
        return text;
    }

    private static List<JsonNode> toolCalls(Fields fields, UnknownFieldRule unknown) {
        ArrayNode array = fields.array("tool_calls", TOOL_CALLS_MAX);
        if (array == null) {
            return List.of();
        }
        List<JsonNode> calls = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            String path = fields.at("tool_calls") + "[" + i + "]";
            if (!(array.get(i) instanceof ObjectNode object)) {
                throw Fields.wrongType(path, "an object", array.get(i));
            }
            calls.add(toolCall(new Fields(object, path + "."), unknown));
        }
        return calls;
    }

    private static JsonNode toolCall(Fields fields, UnknownFieldRule unknown) {
        ObjectNode call = JsonNodeFactory.instance.objectNode();
        String id = fields.text("id", NAME_CHARS_MAX);
        if (id != null) {
            call.put("id", id);
        }
        String type = fields.text("type", NAME_CHARS_MAX);
        if (type != null && !type.equals("function")) {
            throw Fields.invalid(fields.at("type"), "'" + Shown.text(type, 40) + "' is not 'function'");
        }
        call.put("type", "function");
        if (!(fields.required("function") instanceof ObjectNode object)) {
            throw Fields.wrongType(fields.at("function"), "an object", fields.required("function"));
        }
        Fields inner = new Fields(object, fields.at("function") + ".");
        call.putObject("function")
                .put("name", inner.requiredText("name", NAME_CHARS_MAX))
                .set("arguments", arguments(inner));
        unknown.check(inner);
        unknown.check(fields);
        return call;
    }

    /** Templates want the arguments as an object, the API spells them as a string of JSON. */
    private static JsonNode arguments(Fields fields) {
        String path = fields.at("arguments");
        String text = fields.text("arguments", Integer.MAX_VALUE);
        if (text == null || text.isBlank()) {
            return JsonNodeFactory.instance.objectNode();
        }
        ObjectNode object;
        try {
            object = StrictJson.object(text.getBytes(StandardCharsets.UTF_8));
        } catch (ApiException e) {
            throw Fields.invalid(path, "it is not a JSON object in a string");
        }
        return CleanJson.of(object, path, ARGUMENT_VALUES_MAX, Integer.MAX_VALUE);
    }
}
