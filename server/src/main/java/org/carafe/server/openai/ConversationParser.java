package org.carafe.server.openai;

import static org.carafe.server.openai.RequestLimits.MESSAGES_MAX;
import static org.carafe.server.openai.RequestLimits.TEMPLATE_KWARGS_CHARS_MAX;
import static org.carafe.server.openai.RequestLimits.TEMPLATE_KWARGS_MAX;
import static org.carafe.server.openai.RequestLimits.TEMPLATE_KWARGS_VALUES_MAX;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.carafe.server.openai.ChatMessage.Role;

/** Reads messages and everything else a chat template is given. */
final class ConversationParser {
    /** Variables that the server itself sets; a caller who could overwrite them could forge a conversation's frame. */
    private static final Set<String> RESERVED = Set.of(
            "messages",
            "tools",
            "documents",
            "add_generation_prompt",
            "continue_final_message",
            "chat_template",
            "tokenize",
            "bos_token",
            "eos_token",
            "raise_exception",
            "strftime_now");

    private ConversationParser() {}

    static Conversation parse(Fields fields, List<JsonNode> tools, UnknownFieldRule unknown) {
        JsonNode value = fields.required("messages");
        String path = fields.at("messages");
        ArrayNode array = Fields.array(value, path, MESSAGES_MAX);
        if (array.isEmpty()) {
            throw Fields.invalid(path, "it is empty; at least one message is needed");
        }
        List<ChatMessage> messages = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            messages.add(MessageParser.parse(array.get(i), path + "[" + i + "]", unknown));
        }
        boolean continueFinal = fields.flag("continue_final_message", false);
        // Asked to continue a message, nobody wants a new one opened, unless they say so; then the two contradict each
        // other.
        boolean addPrompt = fields.flag("add_generation_prompt", !continueFinal);
        if (continueFinal && addPrompt) {
            throw Fields.invalid(
                    fields.at("continue_final_message"), "it cannot be true together with 'add_generation_prompt'");
        }
        if (continueFinal && messages.getLast().role() != Role.ASSISTANT) {
            throw Fields.invalid(
                    fields.at("continue_final_message"),
                    "the last message is not an assistant's, so there is nothing to continue");
        }
        return new Conversation(messages, tools, addPrompt, continueFinal, kwargs(fields));
    }

    private static Map<String, JsonNode> kwargs(Fields fields) {
        ObjectNode object = fields.object("chat_template_kwargs");
        if (object == null) {
            return Map.of();
        }
        String path = fields.at("chat_template_kwargs");
        if (object.size() > TEMPLATE_KWARGS_MAX) {
            throw Fields.invalid(path, "it has " + object.size() + " entries; the limit is " + TEMPLATE_KWARGS_MAX);
        }
        for (String name : RESERVED) {
            if (object.has(name)) {
                throw Fields.invalid(path + "." + name, "the server sets this variable itself");
            }
        }
        JsonNode clean = CleanJson.of(object, path, TEMPLATE_KWARGS_VALUES_MAX, TEMPLATE_KWARGS_CHARS_MAX);
        Map<String, JsonNode> kwargs = new LinkedHashMap<>();
        clean.properties().forEach(field -> kwargs.put(field.getKey(), field.getValue()));
        return kwargs;
    }
}
