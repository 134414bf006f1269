package org.carafe.server.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * When the process is to end. SIGTERM and the first SIGINT ask for it; before the server is ready there is nothing to drain, so they
 * end it at once. A second SIGINT always ends it at once.
 */
final class Shutdown {
    private static final int EXIT_INTERRUPTED = 130;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final AtomicBoolean interrupted = new AtomicBoolean();
    private volatile boolean ready;

    /** Handles the process's signals from now on. */
    static Shutdown onSignals() {
        Shutdown shutdown = new Shutdown();
        Signals.on("TERM", shutdown::terminate);
        Signals.on("INT", shutdown::interrupt);
        return shutdown;
    }

    /** Leaves the process's signals alone; {@link #ask} ends it. */
    static Shutdown byHand() {
        return new Shutdown();
    }

    /** Asks for the end. */
    void ask() {
        asked.countDown();
    }

    private void terminate() {
        if (!ready) {
            ProcessEnd.now(CarafeCommand.EXIT_OK);
        }
        asked.countDown();
    }

    private void interrupt() {
        if (!ready || interrupted.getAndSet(true)) {
            ProcessEnd.now(EXIT_INTERRUPTED);
        }
        asked.countDown();
    }

    /** From now on requests are served, and the end is to drain them. */
    void ready() {
        ready = true;
    }

    /** Waits for the end; false if it was not asked for within the time. */
    boolean await(long millis) throws InterruptedException {
        return asked.await(millis, TimeUnit.MILLISECONDS);
    }
}
