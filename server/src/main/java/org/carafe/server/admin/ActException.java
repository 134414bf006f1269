package org.carafe.server.admin;

/** An act that was not done; the message is one line that names the thing, the value and the limit. Nothing was changed. */
public final class ActException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Kind {
        /** A value that cannot be. */
        INVALID,
        /** What it was to be done to is not there. */
        NOT_FOUND,
        /** It does not go together with what is there. */
        CONFLICT
    }

    private final Kind kind;

    private ActException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public static ActException invalid(String message) {
        return new ActException(Kind.INVALID, message);
    }

    public static ActException notFound(String message) {
        return new ActException(Kind.NOT_FOUND, message);
    }

    public static ActException conflict(String message) {
        return new ActException(Kind.CONFLICT, message);
    }

    public Kind kind() {
        return kind;
    }
}
