package org.carafe.server.serving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.carafe.models.CheckpointException;
import org.carafe.models.template.ChatRenderRequest;
import org.carafe.models.template.ChatTemplate;
import org.carafe.models.template.ChatTemplates;
import org.carafe.models.template.MessageFlattening;
import org.carafe.models.template.RenderedPrompt;
import org.carafe.models.template.TemplateException;
import org.carafe.models.template.TemplateRaisedException;
import org.carafe.models.tokenizer.TextAssets;
import org.carafe.models.tokenizer.TextRange;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.openai.ChatMessage;
import org.carafe.server.openai.Conversation;
import org.jspecify.annotations.Nullable;

/** Renders conversations by a checkpoint's chat template. Thread-safe. */
public final class ChatRenderer {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static final String PROBE = "a system message";

    private final ChatTemplates templates;
    private final @Nullable String beginToken;
    private final @Nullable String endToken;
    private final InstantSource clock;
    private final boolean takesSystemMessages;

    private ChatRenderer(ChatTemplates templates, TextAssets assets, InstantSource clock) {
        this.templates = templates;
        this.beginToken = assets.beginToken();
        this.endToken = assets.endToken();
        this.clock = clock;
        this.takesSystemMessages = takesSystemMessages(this);
    }

    private static boolean takesSystemMessages(ChatRenderer renderer) {
        List<ChatMessage> messages = List.of(probe(ChatMessage.Role.SYSTEM, PROBE), probe(ChatMessage.Role.USER, "x"));
        try {
            return renderer.render(new Conversation(messages, List.of(), true, false, Map.of()))
                    .text()
                    .contains(PROBE);
        } catch (ApiException e) {
            return false;
        }
    }

    private static ChatMessage probe(ChatMessage.Role role, String text) {
        return new ChatMessage(role, List.of(text), false, null, List.of(), null);
    }

    /** False where the template refuses a system message (Gemma's does) or leaves it out. */
    public boolean takesSystemMessages() {
        return takesSystemMessages;
    }

    /**
     * The renderer of a checkpoint; null where it has no chat template.
     *
     * @param clock what templates that print today's date read
     * @throws CheckpointException the template cannot be parsed
     */
    public static @Nullable ChatRenderer of(TextAssets assets, InstantSource clock) {
        if (assets.chatTemplates().isEmpty()) {
            return null;
        }
        try {
            return new ChatRenderer(ChatTemplates.parse(assets.chatTemplates()), assets, clock);
        } catch (TemplateException e) {
            throw new CheckpointException("the checkpoint's chat template cannot be used: " + e.getMessage(), e);
        }
    }

    /**
     * A rendered prompt.
     *
     * @param untrusted parts of the text that the caller wrote, ordered: no special token is made of them
     */
    public record Rendered(String text, List<TextRange> untrusted) {}

    /**
     * The prompt of a conversation.
     *
     * @throws ApiException {@code INVALID_VALUE} where the template refuses the conversation or cannot render it
     */
    public Rendered render(Conversation conversation) {
        try {
            ChatTemplate template = templates.choose(!conversation.tools().isEmpty());
            RenderedPrompt prompt = template.renderMarked(new ChatRenderRequest(
                    MessageFlattening.prepare(messages(conversation.messages()), template),
                    conversation.tools().isEmpty() ? null : NODES.arrayNode().addAll(conversation.tools()),
                    conversation.addGenerationPrompt(),
                    conversation.continueFinalMessage(),
                    conversation.kwargs(),
                    beginToken,
                    endToken,
                    clock.instant()));
            List<TextRange> untrusted = new ArrayList<>(prompt.untrusted().size());
            prompt.untrusted().forEach(range -> untrusted.add(new TextRange(range.start(), range.end())));
            return new Rendered(prompt.text(), untrusted);
        } catch (TemplateRaisedException e) {
            throw refused("the model's chat template refuses this conversation: " + e.getMessage());
        } catch (TemplateException e) {
            throw refused("the model's chat template cannot render this conversation: " + e.getMessage());
        }
    }

    private static ApiException refused(String why) {
        String shortened = why.length() > 300 ? why.substring(0, 300) + "…" : why;
        return new ApiException(ErrorKind.INVALID_VALUE, "Invalid 'messages': " + shortened, "messages");
    }

    private static ArrayNode messages(List<ChatMessage> messages) {
        ArrayNode array = NODES.arrayNode(messages.size());
        messages.forEach(message -> array.add(message(message)));
        return array;
    }

    private static ObjectNode message(ChatMessage message) {
        ObjectNode object = NODES.objectNode();
        object.put("role", message.role().text());
        object.set("content", content(message));
        if (message.name() != null) {
            object.put("name", message.name());
        }
        if (!message.toolCalls().isEmpty()) {
            object.putArray("tool_calls").addAll(message.toolCalls());
        }
        if (message.toolCallId() != null) {
            object.put("tool_call_id", message.toolCallId());
        }
        return object;
    }

    private static JsonNode content(ChatMessage message) {
        if (message.content().isEmpty()) {
            return NODES.nullNode();
        }
        if (!message.inParts()) {
            return NODES.textNode(message.content().getFirst());
        }
        ArrayNode parts = NODES.arrayNode();
        message.content().forEach(text -> parts.addObject().put("type", "text").put("text", text));
        return parts;
    }
}
