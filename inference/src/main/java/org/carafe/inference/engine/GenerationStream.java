package org.carafe.inference.engine;

import java.util.List;

/** The events of one submitted sequence. One thread reads; any thread may cancel. Closing cancels what still runs and frees its blocks within one step. */
public interface GenerationStream extends AutoCloseable {
    /**
     * Waits for events and moves all that are there into {@code target}, oldest first.
     *
     * @return false once the last event had been taken before
     */
    boolean take(List<GenerationEvent> target) throws InterruptedException;

    /** Asks the engine to stop this sequence; its stream still ends with {@code Finished(CANCELLED)} unless it had ended. */
    void cancel();

    /** As {@link #cancel()}. */
    @Override
    void close();
}
