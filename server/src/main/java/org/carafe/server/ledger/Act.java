package org.carafe.server.ledger;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.carafe.inference.engine.Usage;

/** One thing for the ledger's writer to do, and whoever waits for it. */
sealed interface Act {
    /** Done when its transaction is durable. */
    CompletableFuture<?> done();

    /** Admits, or refuses. */
    record Hold(HoldRequest request, CompletableFuture<HoldResult> done) implements Act {
        Hold(HoldRequest request) {
            this(request, new CompletableFuture<>());
        }
    }

    /**
     * Ends a hold. Tells the micro-credits that were charged; -1: it had ended already.
     *
     * @param usage what was used; for a void, nothing
     */
    record End(OpenHold hold, Ending ending, Usage usage, CompletableFuture<Long> done) implements Act {
        End(OpenHold hold, Ending ending, Usage usage) {
            this(hold, ending, usage, new CompletableFuture<>());
        }
    }

    /** Writes down how far requests are that still run, and that they do. */
    record Notes(List<Note> notes, CompletableFuture<Boolean> done) implements Act {
        Notes(List<Note> notes) {
            this(notes, new CompletableFuture<>());
        }
    }

    /** Of one request. */
    record Note(long holdId, Usage delivered) {}
}
