package org.carafe.server.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.carafe.server.auth.Principal;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.ledger.store.Books;

/**
 * What browsers ask before and after a page of another origin calls a channel. A preflight carries no key, so it is answered for the
 * origins of all channels; the call itself for those of its key alone. Thread-safe.
 */
final class Cors {
    private static final String ALLOW_ORIGIN = "Access-Control-Allow-Origin";
    /** How old the list of origins may be: a revocation is seen within a second everywhere. */
    private static final long KEPT_MILLIS = 500;

    private final Books books;
    private final InstantSource clock;
    private volatile Origins origins = new Origins(Instant.MIN, List.of());

    private record Origins(Instant at, List<Optional<List<String>>> lists) {
        boolean has(String origin) {
            return lists.stream().anyMatch(list -> list.isEmpty() || list.get().contains(origin));
        }
    }

    Cors(Books books, InstantSource clock) {
        this.books = books;
        this.clock = clock;
    }

    /** {@code OPTIONS}. */
    void preflight(Exchange exchange) throws IOException {
        String origin = exchange.context().header("Origin");
        HttpServletResponse response = exchange.response();
        response.setHeader(
                "Allow", String.join(", ", Routes.methodsOf(exchange.context().path())));
        if (origin != null) {
            if (response.getHeader(ALLOW_ORIGIN) == null) {
                throw new ApiException(ErrorKind.ORIGIN_NOT_ALLOWED, "No channel allows this origin.");
            }
            response.setHeader("Access-Control-Allow-Methods", "GET, POST");
            response.setHeader(
                    "Access-Control-Allow-Headers",
                    "Authorization, Content-Type, Idempotency-Key, X-API-Key, X-Request-Id");
            response.setHeader("Access-Control-Max-Age", "600");
        }
        response.setStatus(204);
    }

    /** Before the key is looked at: so that a page can read its error, too. */
    void begin(Exchange exchange) {
        exchange.response().setHeader("Vary", "Origin");
        String origin = exchange.context().header("Origin");
        if (origin != null && current().has(origin)) {
            exchange.response().setHeader(ALLOW_ORIGIN, origin);
            exchange.response().setHeader("Access-Control-Expose-Headers", "Retry-After, X-Request-Id");
        }
    }

    /** Once the key is known. */
    void known(Exchange exchange) {
        Principal caller = exchange.principal();
        String origin = exchange.context().header("Origin");
        boolean allowed = origin != null
                && caller.grant() != null
                && (caller.grant().origins() == null || caller.grant().origins().contains(origin));
        if (!allowed) {
            exchange.response().setHeader(ALLOW_ORIGIN, null);
            exchange.response().setHeader("Access-Control-Expose-Headers", null);
        }
    }

    private Origins current() {
        Origins known = origins;
        Instant now = clock.instant();
        if (now.minusMillis(KEPT_MILLIS).isAfter(known.at()) || now.isBefore(known.at())) {
            known = new Origins(now, books.read(tables -> tables.channels().origins(now)));
            origins = known;
        }
        return known;
    }
}
