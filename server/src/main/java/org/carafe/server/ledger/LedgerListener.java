package org.carafe.server.ledger;

import org.jspecify.annotations.Nullable;

/** Hears of what was committed, on the ledger's writer thread: must return at once. */
public interface LedgerListener {
    /** Hears nothing. */
    LedgerListener NONE = new LedgerListener() {};

    /** A transaction of so many acts took so long, its wait for the disk included. */
    default void committed(int acts, long nanos) {}

    /** A transaction failed; its acts were refused, or will be tried again. */
    default void failed(int acts) {}

    /**
     * An account's free credits changed: by a charge, a hold or its end, a new period.
     *
     * @param freeBeforeMicros its balances without what is held
     */
    default void freeChanged(long accountId, long freeBeforeMicros, long freeAfterMicros) {}

    /**
     * A key was charged.
     *
     * @param budgetMicros its cap, if it has one
     */
    default void keyCharged(long keyId, long spentBeforeMicros, long spentAfterMicros, @Nullable Long budgetMicros) {}

    /** A request was refused because of its key's budget. */
    default void budgetRefused(long keyId) {}
}
