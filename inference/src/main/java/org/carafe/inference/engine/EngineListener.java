package org.carafe.inference.engine;

/**
 * Told of what the engine does, for histograms. Called on the engine thread between steps: an implementation records and returns, it
 * does not block. What it throws is logged once and ignored.
 */
public interface EngineListener {
    /** Hears nothing. */
    EngineListener NONE = new EngineListener() {};

    /**
     * A step has ended.
     *
     * @param stepNanos all of it
     * @param runnerNanos what the runner took of that
     * @param sequences slices in the batch
     * @param tokens tokens computed
     */
    default void step(long stepNanos, long runnerNanos, int sequences, int tokens) {}

    /** A sequence runs for the first time; it waited this long since it was submitted. */
    default void admitted(long queueNanos) {}

    /** A sequence has its first token, this long after it was submitted. */
    default void firstToken(long nanos) {}

    /** A sequence has a further token, this long after the one before. */
    default void nextToken(long nanos) {}

    /** A sequence has ended. */
    default void ended(GenerationEvent terminal, Usage usage, long nanosSinceSubmitted) {}
}
