package org.carafe.server.ledger.db;

/** The database did not do as told (unreachable, full, locked, corrupt): nothing was changed, and whoever needs it fails closed. */
public final class LedgerUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LedgerUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }

    public LedgerUnavailableException(String message) {
        super(message);
    }
}
