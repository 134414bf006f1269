package org.carafe.bench.peers;

import java.io.IOException;

/** An engine that runs the workload. */
interface Contender extends AutoCloseable {
    /** With its numeric type, for the table. */
    String name();

    /** Runs the workload once. */
    Measured measure(Workload workload) throws IOException, InterruptedException;

    @Override
    default void close() {}
}
