package org.carafe.server.limits;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.VerboseResult;
import java.util.ArrayList;
import java.util.List;
import org.carafe.server.accounts.Limits;
import org.carafe.server.auth.KeyGrant;
import org.jspecify.annotations.Nullable;

/**
 * One limit of one key or account.
 *
 * @param perMinute how much a window lets in
 */
record Meter(Dimension dimension, long perMinute, Bucket bucket) {
    /** Bucket4j counts tokens per nanosecond at most; nobody is limited by this one. */
    private static final long PER_MINUTE_MAX = 10_000_000_000L;

    /** What is limited. */
    enum Dimension {
        REQUESTS("Requests"),
        TOKENS("Tokens");

        private final String headerSuffix;

        Dimension(String headerSuffix) {
            this.headerSuffix = headerSuffix;
        }

        String headerSuffix() {
            return headerSuffix;
        }

        /** How many of it a request takes. */
        long amount(long tokens) {
            return this == REQUESTS ? 1 : tokens;
        }
    }

    /** What a window has left. */
    record Reading(Meter meter, long remaining, long resetNanos) {
        /** How long until so many are there, if nobody else takes them. */
        long waitNanos(long amount) {
            return remaining >= amount ? 0 : resetNanos;
        }
    }

    /** The limits of a key (one with those it was rotated from) and of its account; those that it has. */
    static List<Meter> of(KeyGrant grant, Buckets buckets) {
        List<Meter> meters = new ArrayList<>(4);
        add(meters, buckets, "k" + grant.meterId(), grant.keyLimits());
        add(meters, buckets, "a" + grant.accountId(), grant.accountLimits());
        return meters;
    }

    private static void add(List<Meter> meters, Buckets buckets, String subject, Limits limits) {
        add(meters, buckets, Dimension.REQUESTS, subject + ":r", limits.requestsPerMinute());
        add(meters, buckets, Dimension.TOKENS, subject + ":t", limits.tokensPerMinute());
    }

    private static void add(
            List<Meter> meters, Buckets buckets, Dimension dimension, String name, @Nullable Long limit) {
        if (limit != null) {
            if (limit <= 0) {
                throw new IllegalArgumentException("a limit is positive, not " + limit);
            }
            long perMinute = Math.min(limit, PER_MINUTE_MAX);
            meters.add(new Meter(dimension, perMinute, buckets.bucket(name, perMinute)));
        }
    }

    /** Takes so many; null where the window has not as many. */
    @Nullable
    Part take(long amount) {
        VerboseResult<ConsumptionProbe> result = bucket.asVerbose().tryConsumeAndReturnRemaining(amount);
        ConsumptionProbe probe = result.getValue();
        if (!probe.isConsumed()) {
            return null;
        }
        long resetNanos = probe.getNanosToWaitForReset();
        return new Part(
                this,
                amount,
                new Reading(this, probe.getRemainingTokens(), resetNanos),
                result.getOperationTimeNanos() + resetNanos);
    }

    /** Takes nothing. */
    Reading read() {
        VerboseResult<Long> result = bucket.asVerbose().getAvailableTokens();
        return new Reading(this, result.getValue(), result.getDiagnostics().calculateFullRefillingTime());
    }

    /**
     * What was taken from it.
     *
     * @param windowEndNanos by the buckets' clock
     */
    record Part(Meter meter, long amount, Reading after, long windowEndNanos) {}
}
