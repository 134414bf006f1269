package org.carafe.bench.load;

import java.io.IOException;

/** Something that answers requests: a server over a socket, or the engine in this process. */
public interface Target extends AutoCloseable {
    /**
     * Runs a plan to its end and says what it measured.
     *
     * @param progress called now and then with requests that ended and tokens that came
     */
    Summary run(LoadPlan plan, Progress progress) throws IOException, InterruptedException;

    @Override
    void close();

    /** Told how far a run is. */
    @FunctionalInterface
    interface Progress {
        void at(int requestsEnded, long outputTokens);
    }
}
