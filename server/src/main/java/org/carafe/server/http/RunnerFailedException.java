package org.carafe.server.http;

/** The runner failed while it generated: 503, or a second try where nothing was sent. */
final class RunnerFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RunnerFailedException(String message) {
        super(message, null, false, false);
    }
}
