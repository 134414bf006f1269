package org.carafe.server.openai;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message of a conversation.
 *
 * @param content the text; parts are joined by newlines. Null for an assistant's message that only calls tools
 * @param name of the participant
 * @param toolCalls as given, {@code function.arguments} parsed to an object, as templates expect
 * @param toolCallId which call a tool's message answers
 */
public record ChatMessage(
        Role role,
        @Nullable String content,
        @Nullable String name,
        List<Map<String, Object>> toolCalls,
        @Nullable String toolCallId) {
    public ChatMessage {
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
