package org.carafe.server.ledger;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.carafe.inference.engine.Usage;
import org.jspecify.annotations.Nullable;

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
     * Ends a hold.
     *
     * @param usage what was used; for a void, nothing
     * @param answer written with it, where there is one; where its claim was lost meanwhile, nothing is charged
     */
    record End(
            OpenHold hold,
            Ending ending,
            Usage usage,
            @Nullable AnswerToKeep answer,
            CompletableFuture<Ended> done) implements Act {
        End(OpenHold hold, Ending ending, Usage usage) {
            this(hold, ending, usage, null);
        }

        End(OpenHold hold, Ending ending, Usage usage, @Nullable AnswerToKeep answer) {
            this(hold, ending, usage, answer, new CompletableFuture<>());
        }

        /** The same, to be tried anew. */
        End again() {
            return new End(hold, ending, usage, answer);
        }
    }

    /**
     * How an ending went.
     *
     * @param costMicros what was charged; -1: the hold had ended already, and nothing was written
     * @param isAnswerKept whether its answer was written with it; false where it had none
     */
    record Ended(long costMicros, boolean isAnswerKept) {}

    /** Writes down how far requests are that still run, and that they do. */
    record Notes(List<Note> notes, CompletableFuture<Boolean> done) implements Act {
        Notes(List<Note> notes) {
            this(notes, new CompletableFuture<>());
        }
    }

    /** Of one request. */
    record Note(long holdId, Usage delivered) {}
}
