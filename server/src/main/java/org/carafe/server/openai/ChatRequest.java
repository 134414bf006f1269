package org.carafe.server.openai;

import java.util.List;

/**
 * A valid {@code POST /v1/chat/completions}.
 *
 * @param ignoredFields unknown fields that were let pass
 */
public record ChatRequest(
        String model, Conversation conversation, SamplingFields sampling, List<String> ignoredFields) {}
