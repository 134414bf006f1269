package org.carafe.server.admission;

import java.util.Map;
import org.carafe.inference.engine.Usage;
import org.carafe.server.ledger.AnswerToKeep;
import org.jspecify.annotations.Nullable;

/**
 * A reservation. It ends exactly once: by {@link #settle} with what was used, or, where nothing ran, by {@link #release}. {@code http}
 * guarantees that; an implementation may assert it.
 */
public interface Hold {
    /** Rate limit headers for this response; empty where nothing is limited. */
    Map<String, String> headers();

    /** Tokens of all answers together that are paid for: less than was demanded only where the caller named no maximum. */
    long completionTokensMax();

    /** Says what was delivered so far, should this process not live to settle. Returns at once. */
    void delivered(Usage soFar);

    /**
     * Posts what was really used, and keeps an answer in the transaction that charges for it. Returns once that is durable: the last chunk
     * of a stream is written after it.
     *
     * @param answer null: none is to be kept
     */
    void settle(Usage usage, @Nullable AnswerToKeep answer);

    /** The same, without an answer to keep. */
    default void settle(Usage usage) {
        settle(usage, null);
    }

    /** Gives everything back: nothing ran, or what failed was ours and nothing was delivered. */
    void release();

    /** Micro-credits that {@link #settle} charged; 0 before, and where nothing is charged. */
    default long costMicros() {
        return 0;
    }
}
