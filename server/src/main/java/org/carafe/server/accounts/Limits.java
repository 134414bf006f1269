package org.carafe.server.accounts;

import org.jspecify.annotations.Nullable;

/**
 * What a key or an account may do in a time; null: no limit of that kind.
 *
 * @param requestsPerDay of a UTC day
 * @param tokensPerDay prompt and answer, of a UTC day
 * @param concurrentMax requests that run at once
 */
public record Limits(
        @Nullable Long requestsPerMinute,
        @Nullable Long tokensPerMinute,
        @Nullable Long requestsPerDay,
        @Nullable Long tokensPerDay,
        @Nullable Long concurrentMax) {
    /** No limit at all. */
    public static final Limits NONE = new Limits(null, null, null, null, null);

    /** Of a key that says nothing itself. */
    public static final Limits KEY_DEFAULTS = new Limits(60L, 100_000L, null, null, null);

    /** These, and where they say nothing, the others. */
    public Limits or(Limits others) {
        return new Limits(
                first(requestsPerMinute, others.requestsPerMinute),
                first(tokensPerMinute, others.tokensPerMinute),
                first(requestsPerDay, others.requestsPerDay),
                first(tokensPerDay, others.tokensPerDay),
                first(concurrentMax, others.concurrentMax));
    }

    private static @Nullable Long first(@Nullable Long one, @Nullable Long other) {
        return one == null ? other : one;
    }
}
