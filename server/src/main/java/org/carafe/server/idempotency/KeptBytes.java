package org.carafe.server.idempotency;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import org.carafe.server.ledger.db.LedgerUnavailableException;

/**
 * Bounds what is kept for each scope: what the database has, and what is on its way there from this process. Asked outside the ledger's
 * transactions, which wait for nobody's sums; so where several servers keep answers of one account at the same moment, their last ones
 * may go beyond it. Thread-safe.
 */
final class KeptBytes {
    private final ToLongFunction<String> kept;
    private final long bytesMax;
    private final Map<String, Long> onTheWay = new ConcurrentHashMap<>();

    KeptBytes(ToLongFunction<String> kept, long bytesMax) {
        this.kept = kept;
        this.bytesMax = bytesMax;
    }

    /** False: there is no room, and nothing was taken. */
    boolean take(String scope, long bytes) {
        // First: an answer that is written meanwhile is counted twice, never not at all.
        long waiting = onTheWay.merge(scope, bytes, Long::sum);
        if (waiting + known(scope) <= bytesMax) {
            return true;
        }
        settled(scope, bytes);
        return false;
    }

    /** Where the database fails, so does the settlement, and what waits for it is bounded by what waits. */
    private long known(String scope) {
        try {
            return kept.applyAsLong(scope);
        } catch (LedgerUnavailableException e) {
            return 0;
        }
    }

    /** These are in the database, or nowhere. */
    void settled(String scope, long bytes) {
        onTheWay.computeIfPresent(scope, (name, waiting) -> waiting == bytes ? null : waiting - bytes);
    }
}
