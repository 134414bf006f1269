package org.carafe.server.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory that the bodies of all requests together may take. One body is bounded by its own limit; a thousand large ones at once would
 * still end the process. What a body is parsed into may take some ten times its bytes. Thread-safe.
 */
final class BodyBudget {
    /** A body's first bytes are free: connections bound those. */
    static final int FREE_BYTES = 8192;

    private static final int HEAP_SHARE = 32;

    private final AtomicLong leftBytes;

    BodyBudget(long bytes) {
        leftBytes = new AtomicLong(bytes);
    }

    /** A share of this process's heap, and room for at least two bodies of the largest size. */
    static BodyBudget ofHeap(int bodyBytesMax) {
        return new BodyBudget(Math.max(Runtime.getRuntime().maxMemory() / HEAP_SHARE, 2L * bodyBytesMax));
    }

    boolean take(long bytes) {
        if (leftBytes.addAndGet(-bytes) >= 0) {
            return true;
        }
        give(bytes);
        return false;
    }

    void give(long bytes) {
        leftBytes.addAndGet(bytes);
    }

    long leftBytes() {
        return leftBytes.get();
    }
}
