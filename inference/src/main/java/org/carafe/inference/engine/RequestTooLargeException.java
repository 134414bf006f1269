package org.carafe.inference.engine;

/** A request that this engine can never run, however long it waits: the caller's error. The message gives both numbers. */
public final class RequestTooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RequestTooLargeException(String message) {
        super(message);
    }
}
