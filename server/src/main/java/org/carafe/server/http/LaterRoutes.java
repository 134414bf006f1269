package org.carafe.server.http;

import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;

/** Routes of the API that a later version brings. */
final class LaterRoutes {
    private LaterRoutes() {}

    static ApiException embeddings(Exchange exchange) {
        return new ApiException(
                ErrorKind.NOT_FOUND,
                exchange.route() + " comes in a later version: the models served here generate text.");
    }
}
