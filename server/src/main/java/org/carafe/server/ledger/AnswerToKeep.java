package org.carafe.server.ledger;

import java.time.Duration;

/**
 * An answer that is written in the transaction that charges for it, into the claim of its idempotency key: both are durable, or neither.
 * Where the claim was lost, as nobody could renew it, its key is another request's to be charged for, and this one costs nothing.
 *
 * @param process whose claim it is
 * @param claimedAtMillis when it was claimed; with {@code process} it tells this claim from a later one of the same key
 * @param sealed under the master key
 * @param life how long it is kept from then on
 * @param outcome told once that transaction is durable, however late
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record AnswerToKeep(
        String scope,
        String key,
        long process,
        long claimedAtMillis,
        int status,
        String contentType,
        byte[] sealed,
        Duration life,
        Outcome outcome) {
    /** Whoever waits for it. */
    public interface Outcome {
        /**
         * Called once, on a thread that may wait.
         *
         * @param isKept false: its hold had ended before, or its claim was no longer this one
         */
        void settled(boolean isKept);
    }
}
