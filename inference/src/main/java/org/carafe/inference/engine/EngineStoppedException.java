package org.carafe.inference.engine;

/** The engine takes no new requests: it drains, was closed, or its thread died. 503. */
public final class EngineStoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EngineStoppedException(String message) {
        super(message);
    }
}
