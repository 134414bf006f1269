package org.carafe.server.http;

import java.time.Duration;
import java.util.Map;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;

/** Lets requests in while a model serves, and knows when the last one left. Thread-safe. */
final class Gate {
    private static final Map<String, String> RETRY = Map.of("Retry-After", "5");

    private State state = State.LOADING;
    private int inside;

    enum State {
        LOADING,
        READY,
        DRAINING
    }

    synchronized State state() {
        return state;
    }

    synchronized void open() {
        if (state == State.LOADING) {
            state = State.READY;
        }
    }

    /** To be followed by {@link #leave()}. */
    synchronized void enter() {
        switch (state) {
            case READY -> inside++;
            case LOADING ->
                throw new ApiException(
                        ErrorKind.MODEL_UNAVAILABLE, "The model is still loading; try again soon.", null, RETRY);
            case DRAINING ->
                throw new ApiException(
                        ErrorKind.MODEL_UNAVAILABLE,
                        "The server is shutting down and takes no new requests.",
                        null,
                        RETRY);
        }
    }

    synchronized void leave() {
        inside--;
        if (inside == 0) {
            notifyAll();
        }
    }

    /** Requests inside. */
    synchronized int inside() {
        return inside;
    }

    /** Lets nobody in any more and waits until all have left; false if some are still inside after {@code timeout}. */
    synchronized boolean drain(Duration timeout) throws InterruptedException {
        state = State.DRAINING;
        long deadline = System.nanoTime() + timeout.toNanos();
        while (inside > 0) {
            long millis = (deadline - System.nanoTime() + 999_999) / 1_000_000;
            if (millis <= 0) {
                return false;
            }
            wait(millis);
        }
        return true;
    }

    /** The same for whoever cannot be interrupted. */
    boolean emptied(Duration timeout) {
        boolean interrupted = Thread.interrupted();
        try {
            return drain(timeout);
        } catch (InterruptedException e) {
            interrupted = true;
            return false;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
