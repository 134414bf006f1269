package org.carafe.models.hub;

import org.jspecify.annotations.Nullable;

/** The hub did not answer; whoever asked may go on with something else. */
public final class HubUnreachableException extends HubException {
    private static final long serialVersionUID = 1L;

    public HubUnreachableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
