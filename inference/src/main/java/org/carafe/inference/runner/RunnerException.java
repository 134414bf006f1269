package org.carafe.inference.runner;

/** A step or a load that failed on the device: ours, not the caller's. The message is one line. */
public final class RunnerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RunnerException(String message) {
        super(message);
    }

    public RunnerException(String message, Throwable cause) {
        super(message, cause);
    }
}
