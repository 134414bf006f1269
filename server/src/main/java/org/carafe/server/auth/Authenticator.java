package org.carafe.server.auth;

import org.jspecify.annotations.Nullable;

/** Resolves a presented key. Thread-safe; called on the caller's virtual thread and may block. */
public interface Authenticator {
    /**
     * Says who is calling.
     *
     * @param credential null where the request carries none
     * @throws org.carafe.server.error.ApiException {@code INVALID_API_KEY} (missing, malformed or wrong), {@code KEY_REVOKED},
     *     {@code ORIGIN_NOT_ALLOWED}; its message never holds the key
     */
    Principal authenticate(@Nullable Credential credential);

    /** True if everyone is let in without a key. Then a server on a loopback address is reached by any page in a browser there. */
    default boolean letsAnyoneIn() {
        return false;
    }
}
