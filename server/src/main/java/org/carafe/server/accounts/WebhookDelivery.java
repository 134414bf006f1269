package org.carafe.server.accounts;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One event on its way to one webhook.
 *
 * @param nextAt when it is tried (again); null: it was delivered, or given up
 * @param lastError of the last attempt that failed, without anything of the answer's body
 */
public record WebhookDelivery(
        String eventId,
        String event,
        int attempts,
        @Nullable Instant nextAt,
        @Nullable Instant deliveredAt,
        @Nullable String lastError,
        Instant createdAt) {}
