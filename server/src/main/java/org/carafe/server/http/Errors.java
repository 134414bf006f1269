package org.carafe.server.http;

import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import org.carafe.inference.engine.EngineStoppedException;
import org.carafe.inference.engine.QueueFullException;
import org.carafe.inference.engine.RequestTooLargeException;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.ledger.db.LedgerUnavailableException;
import org.carafe.server.openai.JsonBuffer;
import org.carafe.server.openai.Sse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one error path: whatever a request threw becomes a response in the form of its route, or the last event of a stream. */
final class Errors {
    private static final Logger LOG = LoggerFactory.getLogger(Errors.class);

    private Errors() {}

    static void answer(Exchange exchange, Throwable thrown) {
        ApiException error = classify(exchange, thrown);
        ErrorForm form = exchange.errorForm();
        int status = form.status(error.kind());
        exchange.failed(error.kind(), status);
        try {
            JsonBuffer body = new JsonBuffer();
            EventStream events = exchange.events();
            if (events != null && events.started()) {
                form.write(Sse.data(body), error, exchange);
                events.write(Sse.end(body));
                return;
            }
            if (exchange.response().isCommitted()) {
                return;
            }
            // Keeps the headers of the exchange, drops those of an answer that was not to be.
            exchange.response().resetBuffer();
            exchange.headers(error.headers());
            if (error.kind() == ErrorKind.INVALID_API_KEY) {
                exchange.response().setHeader("WWW-Authenticate", "Bearer");
            }
            exchange.closeIfUnread();
            form.write(body, error, exchange);
            exchange.json(status, body);
        } catch (IOException e) {
            LOG.debug("{}: the peer did not wait for its error", exchange.requestId());
        }
    }

    private static ApiException classify(Exchange exchange, Throwable thrown) {
        return switch (thrown) {
            case ApiException api -> {
                if (api.kind().category() == ErrorKind.Category.OURS) {
                    LOG.warn("{} {}: {}", exchange.requestId(), exchange.route(), api.text());
                }
                yield api;
            }
            case QueueFullException full ->
                new ApiException(
                        ErrorKind.QUEUE_FULL,
                        "The server is at its limit: " + full.getMessage() + ". Try again later.",
                        null,
                        Map.of("Retry-After", Integer.toString(Math.max(1, full.retryAfterSeconds()))));
            case RequestTooLargeException large ->
                new ApiException(ErrorKind.CONTEXT_LENGTH_EXCEEDED, "Too long: " + large.getMessage() + ".");
            case RunnerFailedException failed -> unavailable(String.valueOf(failed.getMessage()));
            case EngineStoppedException stopped -> unavailable(String.valueOf(stopped.getMessage()));
            case LedgerUnavailableException closed -> {
                LOG.warn("{} {}: {}", exchange.requestId(), exchange.route(), closed.getMessage());
                yield new ApiException(
                        ErrorKind.LEDGER_UNAVAILABLE,
                        "Accounts and credits cannot be looked up right now; nothing was charged for what was not answered."
                                + " Try again soon.",
                        null,
                        Map.of("Retry-After", "1"));
            }
            case HttpResponseException unmatched -> unmatched(exchange, unmatched);
            // Bodies are read elsewhere: this is a write to a peer that is gone or does not read.
            case IOException e -> new ApiException(ErrorKind.CLIENT_CLOSED, "The connection was closed.");
            default -> {
                LOG.error("{} {} failed", exchange.requestId(), exchange.route(), thrown);
                yield new ApiException(
                        ErrorKind.SERVER_ERROR,
                        "Something went wrong on the server; the log has details under the request id "
                                + exchange.requestId() + ".");
            }
        };
    }

    /** 503 that says why. */
    static ApiException unavailable(String why) {
        return new ApiException(
                ErrorKind.MODEL_UNAVAILABLE, "Unavailable: " + why + ".", null, Map.of("Retry-After", "1"));
    }

    /** Javalin found no route, or none for this method. */
    private static ApiException unmatched(Exchange exchange, HttpResponseException thrown) {
        String method = exchange.context().req().getMethod();
        String path = shortened(exchange.context().path());
        if (thrown.getStatus() == ErrorKind.METHOD_NOT_ALLOWED.status()) {
            String allowed =
                    String.join(", ", Routes.methodsOf(exchange.context().path()));
            return new ApiException(
                    ErrorKind.METHOD_NOT_ALLOWED,
                    shortened(method) + " is not a method of " + path + "; it has " + allowed + ".",
                    null,
                    Map.of("Allow", allowed));
        }
        if (thrown.getStatus() == ErrorKind.NOT_FOUND.status()) {
            return new ApiException(
                    ErrorKind.NOT_FOUND,
                    "There is no " + shortened(method.toUpperCase(Locale.ROOT)) + " " + path + " here; see /docs.");
        }
        return new ApiException(
                ErrorKind.MALFORMED_REQUEST,
                "The request cannot be read: " + shortened(String.valueOf(thrown.getMessage())));
    }

    private static String shortened(String text) {
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }
}
