package org.carafe.server.accounts;

import org.jspecify.annotations.Nullable;

/**
 * Sums of ended requests.
 *
 * @param group what they have in common: a day (2026-11-21), a model id, an account's name, or a key's public id
 * @param name of a key: what people call it
 * @param account of a key: its account
 * @param promptTokens those from the prefix cache included
 */
public record UsageRow(
        String group,
        @Nullable String name,
        @Nullable String account,
        long requests,
        long promptTokens,
        long cachedTokens,
        long completionTokens,
        long costMicros) {}
