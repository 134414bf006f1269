package org.carafe.server.accounts;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key, as far as it can be known: its text is nowhere.
 *
 * @param meterId row of the key on whose meter it counts: its own, or that of the first key it was rotated from
 * @param publicId {@code key_...}
 * @param account name of its account; null: a management key
 * @param prefix the key's first characters, to recognise it by
 * @param replacedBy public id of its successor; null: not rotated
 * @param spentMicros all that its requests have cost, and those of the other keys on its meter
 * @param heldMicros reserved by their requests that run
 */
public record ApiKey(
        long id,
        long meterId,
        String publicId,
        @Nullable String account,
        KeyKind kind,
        String prefix,
        KeySettings settings,
        @Nullable Instant revokedAt,
        @Nullable String replacedBy,
        Instant createdAt,
        long spentMicros,
        long heldMicros) {
    /** True if it opens nothing any more. */
    public boolean isOver(Instant now) {
        Instant expiresAt = settings.expiresAt();
        return revokedAt != null || (expiresAt != null && !now.isBefore(expiresAt));
    }
}
