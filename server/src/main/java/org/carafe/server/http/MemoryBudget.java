package org.carafe.server.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory that something of all requests together may take: their bodies, their whole answers. One is bounded by its own limit; a
 * thousand large ones at once would still end the process. Thread-safe.
 */
final class MemoryBudget {
    /** What a body is parsed into may take some ten times its bytes. */
    private static final int BODIES_HEAP_SHARE = 32;

    private static final int ANSWERS_HEAP_SHARE = 4;

    private final long bytes;
    private final AtomicLong leftBytes;

    MemoryBudget(long bytes) {
        this.bytes = bytes;
        leftBytes = new AtomicLong(bytes);
    }

    /** Of bodies: a share of this process's heap, and room for at least two of the largest size. */
    static MemoryBudget ofBodies(int bodyBytesMax) {
        return new MemoryBudget(Math.max(Runtime.getRuntime().maxMemory() / BODIES_HEAP_SHARE, 2L * bodyBytesMax));
    }

    /** Of log-probabilities that wait for the rest of their answers, or for their readers: a share of this process's heap. */
    static MemoryBudget ofAnswers() {
        return new MemoryBudget(Runtime.getRuntime().maxMemory() / ANSWERS_HEAP_SHARE);
    }

    /** Takes all of it or nothing: who is refused never stands in another's way. */
    boolean take(long wanted) {
        long left;
        do {
            left = leftBytes.get();
            if (left < wanted) {
                return false;
            }
        } while (!leftBytes.compareAndSet(left, left - wanted));
        return true;
    }

    void give(long taken) {
        leftBytes.addAndGet(taken);
    }

    /** All there is when nobody has any. */
    long bytes() {
        return bytes;
    }

    long leftBytes() {
        return leftBytes.get();
    }
}
