package org.carafe.server.accounts;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who is billed.
 *
 * @param disabledAt since when none of its keys work; null: they do
 */
public record Account(
        long id,
        String name,
        AccountSettings settings,
        @Nullable Instant disabledAt,
        Instant createdAt) {}
