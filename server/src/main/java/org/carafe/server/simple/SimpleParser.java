package org.carafe.server.simple;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.openai.Fields;
import org.carafe.server.openai.Shown;
import org.carafe.server.openai.StrictJson;
import org.carafe.server.openai.UnknownFieldRule;
import org.carafe.server.simple.SimpleMessage.Role;

/** {@code POST /v1/chat}: messages and whether to stream, nothing else. Thread-safe. */
public final class SimpleParser {
    /** Messages of a request. */
    public static final int MESSAGES_MAX = 1_000;
    /** UTF-16 units of a message. */
    public static final int MESSAGE_CHARS_MAX = 1_000_000;

    private static final int ROLE_CHARS_MAX = 256;

    private final boolean ignoreUnknown;

    /** @param ignoreUnknown let unknown fields pass, and list them */
    public SimpleParser(boolean ignoreUnknown) {
        this.ignoreUnknown = ignoreUnknown;
    }

    /**
     * Parses a body.
     *
     * @throws ApiException naming the first field at fault, its value and the limit
     */
    public SimpleRequest parse(byte[] bytes) {
        ObjectNode body = StrictJson.object(bytes);
        if (body.has("model")) {
            throw new ApiException(
                    ErrorKind.INVALID_VALUE,
                    "Invalid 'model': there is no such field here; the assistant that the key is bound to has a model.",
                    "model");
        }
        Fields fields = new Fields(body, "");
        UnknownFieldRule unknown = new UnknownFieldRule(ignoreUnknown);
        ArrayNode array = Fields.array(fields.required("messages"), "messages", MESSAGES_MAX);
        if (array.isEmpty()) {
            throw Fields.invalid("messages", "it is empty; at least one message is needed");
        }
        List<SimpleMessage> messages = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            String path = "messages[" + i + "]";
            if (!(array.get(i) instanceof ObjectNode object)) {
                throw Fields.wrongType(path, "an object", array.get(i));
            }
            messages.add(message(new Fields(object, path + "."), unknown));
        }
        if (messages.getLast().role() != Role.USER) {
            throw Fields.invalid(
                    "messages[" + (messages.size() - 1) + "].role",
                    "the last message is the assistant's, so there is nothing to answer");
        }
        boolean stream = fields.flag("stream", false);
        unknown.check(fields);
        return new SimpleRequest(messages, stream, unknown.ignored());
    }

    private static SimpleMessage message(Fields fields, UnknownFieldRule unknown) {
        String given = fields.requiredText("role", ROLE_CHARS_MAX);
        Role role = switch (given) {
            case "user" -> Role.USER;
            case "assistant" -> Role.ASSISTANT;
            default ->
                throw Fields.invalid(fields.at("role"), "'" + Shown.text(given, 40) + "' is none of user, assistant");
        };
        String content = fields.requiredText("content", Integer.MAX_VALUE);
        if (content.length() > MESSAGE_CHARS_MAX) {
            throw new ApiException(
                    ErrorKind.INPUT_TOO_LARGE,
                    "'" + fields.at("content") + "' has " + content.length() + " characters; the limit is "
                            + MESSAGE_CHARS_MAX + ".",
                    fields.at("content"));
        }
        unknown.check(fields);
        return new SimpleMessage(role, content);
    }
}
