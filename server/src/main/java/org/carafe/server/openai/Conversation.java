package org.carafe.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/**
 * What a chat template renders.
 *
 * @param messages at least one
 * @param tools descriptions as given; empty: none
 * @param addGenerationPrompt end with the opening of an assistant's message
 * @param continueFinalMessage leave the last message open, for the model to go on with
 * @param kwargs further variables of the template
 */
public record Conversation(
        List<ChatMessage> messages,
        List<JsonNode> tools,
        boolean addGenerationPrompt,
        boolean continueFinalMessage,
        Map<String, JsonNode> kwargs) {}
