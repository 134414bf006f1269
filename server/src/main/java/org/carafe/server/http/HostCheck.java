package org.carafe.server.http;

import java.util.function.BooleanSupplier;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.jspecify.annotations.Nullable;

/**
 * Keeps web pages away from a server on a loopback address that asks for no key. A page whose name resolves to 127.0.0.1 (DNS
 * rebinding) talks to it as to its own origin, and no rule of the browser stands between; but it cannot choose the Host header, which
 * names the page.
 */
final class HostCheck {
    private final boolean local;
    private final BooleanSupplier open;

    /** @param open whether everyone is let in without a key */
    HostCheck(String boundHost, BooleanSupplier open) {
        this.local = HttpSettings.isLocal(boundHost);
        this.open = open;
    }

    /** @throws ApiException {@code ORIGIN_NOT_ALLOWED} */
    void check(@Nullable String hostHeader) {
        if (local && hostHeader != null && open.getAsBoolean() && !HttpSettings.isLocal(name(hostHeader))) {
            String shown = hostHeader.length() > 80 ? hostHeader.substring(0, 80) + "…" : hostHeader;
            throw new ApiException(
                    ErrorKind.ORIGIN_NOT_ALLOWED,
                    "Host '" + shown
                            + "' is not this machine's own name. A server on a loopback address without keys answers to"
                            + " localhost only; create a key or start it with another --host.");
        }
    }

    /** Without port and brackets. */
    private static String name(String hostHeader) {
        if (hostHeader.startsWith("[")) {
            int end = hostHeader.indexOf(']');
            return end < 0 ? hostHeader : hostHeader.substring(1, end);
        }
        int colon = hostHeader.lastIndexOf(':');
        return colon < 0 ? hostHeader : hostHeader.substring(0, colon);
    }
}
