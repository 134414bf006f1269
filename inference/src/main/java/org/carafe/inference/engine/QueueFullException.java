package org.carafe.inference.engine;

/** The engine's queue has no place: 429, retry after {@link #retryAfterSeconds()}. */
public final class QueueFullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int retryAfterSeconds;

    public QueueFullException(int waiting, int retryAfterSeconds) {
        super("the queue is full: " + waiting + " requests are waiting");
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /** An estimate of when a place will be free, at least 1. */
    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }
}
