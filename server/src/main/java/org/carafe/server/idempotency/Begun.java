package org.carafe.server.idempotency;

import java.util.function.Supplier;
import org.carafe.server.ledger.store.ClaimStore.Claim;

/** What a request with an idempotency key is. */
public sealed interface Begun {
    /** The first one: it runs, and ends with {@link OnceOnly#toKeep} or {@link OnceOnly#release}. */
    record First(Claim claim) implements Begun {}

    /**
     * One whose answer is known.
     *
     * @param opening unseals it, which takes a while where it is large
     */
    record Again(int status, String contentType, Supplier<byte[]> opening) implements Begun {
        /** All of it. */
        public byte[] answer() {
            return opening.get();
        }
    }

    /** Another body came with this key. */
    record Other() implements Begun {}

    /** The first one is still running. */
    record Running() implements Begun {}
}
