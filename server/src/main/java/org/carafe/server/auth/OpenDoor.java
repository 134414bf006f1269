package org.carafe.server.auth;

import org.jspecify.annotations.Nullable;

/** {@code --auth off}: everyone is the same account, whatever key they send (SDKs insist on sending one). */
public final class OpenDoor implements Authenticator {
    private static final Principal ANYONE = new Principal("anonymous", "none", null);

    @Override
    public Principal authenticate(@Nullable Credential credential) {
        return ANYONE;
    }

    @Override
    public boolean letsAnyoneIn() {
        return true;
    }
}
