package org.carafe.server.documents;

import java.time.Instant;

/**
 * A document of an assistant.
 *
 * @param id {@code doc_...}
 * @param bytes of what was sent
 * @param characters of its text
 * @param passages that it was cut into
 */
public record Document(
        String id, String name, MediaType mediaType, long bytes, long characters, int passages, Instant createdAt) {}
