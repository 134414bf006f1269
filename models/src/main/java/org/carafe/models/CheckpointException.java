package org.carafe.models;

/** A checkpoint that cannot be used. The message is one line for the user: it names the file or field, what was found and the limit. */
public final class CheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int CHARACTERS_MAX = 2000;

    public CheckpointException(String message) {
        super(oneLine(message));
    }

    public CheckpointException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    /** Messages quote files, which may hold anything: line feeds, terminal escapes, megabytes. */
    private static String oneLine(String message) {
        String shown = message.length() > CHARACTERS_MAX ? message.substring(0, CHARACTERS_MAX) + "..." : message;
        return shown.replaceAll("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]", "?");
    }
}
