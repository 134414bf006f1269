package org.carafe.server.idempotency;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import org.carafe.server.ledger.db.LedgerUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what is kept for each scope: what the database has, as it was summed up at most {@link #FRESH} ago, and what this process has
 * added since or has on its way there. Asked outside the ledger's transactions, which wait for nobody's sums; so where several servers
 * keep answers of one account at the same moment, their last ones may go beyond it. Thread-safe.
 */
final class KeptBytes {
    /** How long a sum is good for: what expires meanwhile makes room that late. */
    static final Duration FRESH = Duration.ofMinutes(1);

    private final ToLongFunction<String> kept;
    private final long bytesMax;
    private final InstantSource clock;
    private final Map<String, Scope> scopes = new ConcurrentHashMap<>();

    /** Guarded by itself. */
    private static final class Scope {
        private long sum;
        private @Nullable Instant summedAt;
        /** Kept by this process since then. */
        private long added;

        private long onTheWay;
        private boolean isForgotten;

        boolean isFresh(Instant now) {
            return summedAt != null && !now.isBefore(summedAt) && now.isBefore(summedAt.plus(FRESH));
        }
    }

    /** @param kept reads the sum of a scope */
    KeptBytes(ToLongFunction<String> kept, long bytesMax, InstantSource clock) {
        this.kept = kept;
        this.bytesMax = bytesMax;
        this.clock = clock;
    }

    /** False: there is no room, and nothing was taken. */
    boolean take(String name, long bytes) {
        while (true) {
            Scope scope = scopes.computeIfAbsent(name, of -> new Scope());
            synchronized (scope) {
                if (scope.isForgotten) {
                    continue;
                }
                read(name, scope);
                if (scope.sum + scope.added + scope.onTheWay + bytes > bytesMax) {
                    return false;
                }
                scope.onTheWay += bytes;
                return true;
            }
        }
    }

    /**
     * What is written meanwhile is in the sum and on its way still: counted twice until the next one, never not at all. Where the database
     * fails, so does the settlement, and what waits for it is bounded by what waits.
     */
    private void read(String name, Scope scope) {
        Instant now = clock.instant();
        if (scope.isFresh(now)) {
            return;
        }
        try {
            scope.sum = kept.applyAsLong(name);
        } catch (LedgerUnavailableException e) {
            return;
        }
        scope.summedAt = now;
        scope.added = 0;
    }

    /** These, which were taken, are in the database, or nowhere. */
    void settled(String name, long bytes, boolean isKept) {
        Scope scope = scopes.get(name);
        if (scope == null) {
            throw new IllegalStateException("nothing is on its way");
        }
        synchronized (scope) {
            scope.onTheWay -= bytes;
            if (isKept) {
                scope.added += bytes;
            }
        }
    }

    /** Forgets the sums that would be read anew anyway. */
    void forget() {
        Instant now = clock.instant();
        scopes.forEach((name, scope) -> {
            synchronized (scope) {
                if (scope.onTheWay == 0 && !scope.isFresh(now)) {
                    scope.isForgotten = true;
                    scopes.remove(name, scope);
                }
            }
        });
    }
}
