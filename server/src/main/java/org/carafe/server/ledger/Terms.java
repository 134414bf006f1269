package org.carafe.server.ledger;

import org.jspecify.annotations.Nullable;

/** What rows of keys and accounts say that holds depend on; changes with {@code settings_version} only. */
final class Terms {
    private Terms() {}

    /**
     * Of an account, its plan's filled in; null: no limit, no allowance.
     *
     * @param monthlyMicros allowance of a month
     * @param dailyMicros allotment of a day
     */
    record OfAccount(
            boolean disabled,
            @Nullable Long monthlyMicros,
            @Nullable Long dailyMicros,
            @Nullable Long requestsPerDay,
            @Nullable Long tokensPerDay,
            @Nullable Long concurrentMax) {}

    /**
     * Of a key.
     *
     * @param meterId row of the key whose meter counts for it: its own, or the first of its line's
     */
    record OfKey(
            long accountId,
            long meterId,
            boolean revoked,
            @Nullable Long expiresAtMillis,
            @Nullable Long budgetMicros,
            @Nullable Long requestsPerDay,
            @Nullable Long tokensPerDay,
            @Nullable Long concurrentMax) {}
}
