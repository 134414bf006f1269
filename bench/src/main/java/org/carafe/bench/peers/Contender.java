package org.carafe.bench.peers;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** An engine that runs the workload. */
interface Contender extends AutoCloseable {
    /** With its numeric type, for the table. */
    String name();

    /** Whose it is. */
    Maker maker();

    /** In how many of so many rounds it takes part: the first ones. */
    default int roundsOf(int rounds) {
        return rounds;
    }

    /** False for those that start afresh in every turn. */
    default boolean hasWarmUp() {
        return false;
    }

    /** What a part is made ready with before anything is timed. */
    default void warmUp(Part part, Duration limit) throws IOException, InterruptedException {}

    /**
     * Runs a part once.
     *
     * @param limit after so long it is given up, and nothing of it is left running
     * @throws IOException in one line why it failed
     */
    Map<Figure, Double> measure(Part part, Duration limit) throws IOException, InterruptedException;

    @Override
    default void close() {}

    /** Engines. */
    enum Maker {
        CARAFE,
        LLAMA_CPP,
        JLAMA
    }
}
