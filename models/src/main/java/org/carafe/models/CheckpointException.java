package org.carafe.models;

/** A checkpoint that cannot be used. The message is one line for the user: it names the file or field, what was found and the limit. */
public final class CheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CheckpointException(String message) {
        super(message);
    }

    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
