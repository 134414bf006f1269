package org.carafe.models.hub;

/** The hub did not answer; whoever asked may go on with something else. */
public final class HubUnreachableException extends HubException {
    private static final long serialVersionUID = 1L;

    public HubUnreachableException(String message, Throwable cause) {
        super(message, cause);
    }
}
