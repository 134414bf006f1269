package org.carafe.server.cli;

/** Something the user can mend. The message is one line; the process ends with {@link CarafeCommand#EXIT_USER}. */
final class UserException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UserException(String message) {
        super(message);
    }

    UserException(String message, Throwable cause) {
        super(message, cause);
    }
}
