package org.carafe.server.ledger;

/** Hears of what was committed, on the ledger's writer thread: must return at once. */
public interface LedgerListener {
    /** Hears nothing. */
    LedgerListener NONE = new LedgerListener() {};

    /** A transaction of so many acts took so long, its wait for the disk included. */
    default void committed(int acts, long nanos) {}

    /** A transaction failed; its acts were refused, or will be tried again. */
    default void failed(int acts) {}

    /** A request was refused because of its key's budget. */
    default void budgetRefused(long keyId) {}
}
