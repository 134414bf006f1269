package org.carafe.server.accounts;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where events are told.
 *
 * @param publicId {@code wh_...}
 * @param account whose events; null: of all accounts
 * @param events null: all
 */
public record Webhook(
        long id,
        String publicId,
        @Nullable String account,
        String url,
        @Nullable Set<WebhookEvent> events,
        Instant createdAt) {
    public Webhook {
        events = events == null ? null : Set.copyOf(events);
    }
}
