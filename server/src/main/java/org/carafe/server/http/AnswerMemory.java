package org.carafe.server.http;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;

/** What one request has taken of the memory for answers; all its sequences take, its end gives back. Thread-safe. */
final class AnswerMemory {
    private final MemoryBudget budget;
    private final AtomicLong takenBytes = new AtomicLong();

    AnswerMemory(MemoryBudget budget) {
        this.budget = budget;
    }

    /** @throws ApiException {@code MODEL_UNAVAILABLE}: other answers have all of it */
    void take(long bytes) {
        if (bytes == 0) {
            return;
        }
        if (!budget.take(bytes)) {
            throw new ApiException(
                    ErrorKind.MODEL_UNAVAILABLE,
                    "Unavailable: too many answers with log-probabilities are being made at once; try again.",
                    null,
                    Map.of("Retry-After", "1"));
        }
        takenBytes.addAndGet(bytes);
    }

    /** After the answer was written, or could not be. */
    void giveBack() {
        budget.give(takenBytes.getAndSet(0));
    }
}
