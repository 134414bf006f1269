package org.carafe.inference.engine;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts who waits for a first admission, and refuses beyond a limit. An account may hold at most eight times as many places as are
 * free (the dynamic thresholds of Choudhury and Hahne, 1998): alone it fills 8/9 of a large queue and all of a small one, and whoever
 * floods the queue leaves places to others. Any thread enters, the engine thread lets out.
 */
final class QueueGate {
    private static final int PLACES_PER_FREE_PLACE = 8;

    private final int limit;
    private final AtomicInteger total = new AtomicInteger();
    private final ConcurrentHashMap<String, Integer> byAccount = new ConcurrentHashMap<>();

    QueueGate(int limit) {
        this.limit = limit;
    }

    boolean tryEnter(String account) {
        int before;
        do {
            before = total.get();
            long own = byAccount.getOrDefault(account, 0);
            if (before >= limit || own >= (long) PLACES_PER_FREE_PLACE * (limit - before)) {
                return false;
            }
        } while (!total.compareAndSet(before, before + 1));
        byAccount.merge(account, 1, Integer::sum);
        return true;
    }

    void leave(String account) {
        byAccount.computeIfPresent(account, (name, count) -> count == 1 ? null : count - 1);
        total.decrementAndGet();
    }

    int waiting() {
        return total.get();
    }
}
