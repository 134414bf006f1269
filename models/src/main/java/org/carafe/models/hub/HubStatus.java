package org.carafe.models.hub;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;

/** What an HTTP status or a broken connection of the hub means to the user. */
final class HubStatus {
    private HubStatus() {}

    /** Returns where the answer is good; throws {@code IOException} where another try may help. */
    static void check(HubId id, int status) throws IOException {
        switch (status) {
            case 200, 206 -> {}
            case 401, 403 ->
                throw new HubException("the hub refuses " + id + " (status " + status
                        + "): it is private, gated or does not exist; set HF_TOKEN to a token that may read it");
            case 407 -> throw new HubUnreachableException("a proxy before the hub asks for a login (status 407)", null);
            case 404 -> throw new HubException("the hub has no model " + id);
            default -> {
                if (status == 429 || status >= 500) {
                    throw new IOException("the hub answered with status " + status);
                }
                throw new HubException("the hub answered with status " + status + " for " + id);
            }
        }
    }

    /** A broken connection in a few words. */
    static String reason(IOException e) {
        Throwable cause = e;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
            return "its name can't be resolved";
        }
        if (e instanceof HttpTimeoutException) {
            return "it did not answer in time";
        }
        if (e instanceof ConnectException) {
            return "no connection";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
