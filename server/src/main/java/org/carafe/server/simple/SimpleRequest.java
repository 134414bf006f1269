package org.carafe.server.simple;

import java.util.List;

/**
 * A valid {@code POST /v1/chat}.
 *
 * @param messages the last one is the user's
 * @param ignoredFields unknown fields that were let pass
 */
public record SimpleRequest(List<SimpleMessage> messages, boolean stream, List<String> ignoredFields) {
    public SimpleRequest {
        messages = List.copyOf(messages);
    }
}
