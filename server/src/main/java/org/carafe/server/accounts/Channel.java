package org.carafe.server.accounts;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A site that chats.
 *
 * @param publicId {@code ch_...}
 * @param account name of the account that pays
 * @param key its key; per-minute limit, daily quota and origins are the key's
 * @param disabledAt null: it answers
 */
public record Channel(
        long id,
        String publicId,
        String account,
        ApiKey key,
        String name,
        String model,
        @Nullable String systemPrompt,
        @Nullable Instant disabledAt,
        Instant createdAt) {}
