package org.carafe.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One message of a conversation.
 *
 * @param content its texts: one for a string, one for each part of an array; empty for an assistant's message that only calls tools
 * @param inParts whether the caller sent an array of parts
 * @param name of the participant
 * @param toolCalls as given, {@code function.arguments} parsed to an object, as templates expect
 * @param toolCallId which call a tool's message answers
 */
public record ChatMessage(
        Role role,
        List<String> content,
        boolean inParts,
        @Nullable String name,
        List<JsonNode> toolCalls,
        @Nullable String toolCallId) {
    public ChatMessage {
        content = List.copyOf(content);
        toolCalls = List.copyOf(toolCalls);
    }

    /** Who speaks. OpenAI's {@code developer} is read as {@code system}, which is what templates know. */
    public enum Role {
        SYSTEM("system"),
        USER("user"),
        ASSISTANT("assistant"),
        TOOL("tool");

        private final String text;

        Role(String text) {
            this.text = text;
        }

        /** As templates spell it. */
        public String text() {
            return text;
        }
    }
}
