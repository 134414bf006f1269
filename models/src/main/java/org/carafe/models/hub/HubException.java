package org.carafe.models.hub;

import org.jspecify.annotations.Nullable;

/** The hub answered, and the answer is no: no such model, no access, damaged files, no room. The message is one line for the user. */
public class HubException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public HubException(String message) {
        super(message);
    }

    public HubException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
