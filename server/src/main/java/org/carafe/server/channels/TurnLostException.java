package org.carafe.server.channels;

/** A turn lost its lease before it was remembered: another server may have run a later one. Nothing was written. */
public final class TurnLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TurnLostException() {
        super("the turn was not remembered: its lease ended before it did, as this server could not renew it in time");
    }
}
