package org.carafe.server.idempotency;

import org.carafe.server.ledger.store.ClaimStore.Claim;

/** What a request with an idempotency key is. */
public sealed interface Begun {
    /** The first one: it runs, and ends with {@link OnceOnly#toKeep} or {@link OnceOnly#release}. */
    record First(Claim claim) implements Begun {}

    /** One whose answer is known. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Again(int status, String contentType, byte[] answer) implements Begun {}

    /** Another body came with this key. */
    record Other() implements Begun {}

    /** The first one is still running. */
    record Running() implements Begun {}
}
