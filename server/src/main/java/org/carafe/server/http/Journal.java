package org.carafe.server.http;

import java.time.InstantSource;
import org.carafe.server.auth.Principal;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.metrics.ServerMetrics;
import org.carafe.server.requestlog.RequestEntry;
import org.carafe.server.requestlog.RequestLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is told of each request when it has ended: to the metrics, to the request log, and to the log where it is at debug. Thread-safe. */
final class Journal {
    private static final Logger ACCESS = LoggerFactory.getLogger("org.carafe.server.access");

    private final ServerMetrics metrics;
    private final InstantSource clock;
    private volatile Log log = new Log(RequestLog.off(), false);

    private record Log(RequestLog requests, boolean withTexts) {}

    Journal(ServerMetrics metrics, InstantSource clock) {
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Writes entries there from now on. */
    void to(RequestLog requests, boolean withTexts) {
        log = new Log(requests, withTexts);
    }

    /** Before anything is known of it. */
    void begin(Exchange exchange) {
        Log now = log;
        if (now.withTexts() && now.requests().isOn()) {
            exchange.keepTexts();
        }
    }

    /** @param logged false for probes: they would drown the rest */
    void ended(Exchange exchange, boolean logged) {
        ErrorKind failure = exchange.failure();
        int status = exchange.status();
        boolean matched = !exchange.route().equals("unmatched");
        // A label must not be the caller's to choose.
        String method = matched ? exchange.context().req().getMethod() : "any";
        String code = failure == null ? "none" : failure.code();
        long nanos = exchange.elapsedNanos();
        metrics.answered(exchange.route(), method, status, code, nanos);
        used(exchange);
        if (logged && log.requests().isOn()) {
            log.requests().write(entry(exchange, method, status, nanos));
        }
        if (ACCESS.isDebugEnabled()) {
            // The route, not the URI: a key may stand in a query.
            ACCESS.debug(
                    "{} {} {} {} {} {} ms {}",
                    exchange.requestId(),
                    method,
                    exchange.route(),
                    status,
                    code,
                    nanos / 1_000_000,
                    exchange.keyId());
        }
    }

    private void used(Exchange exchange) {
        String model = exchange.facts().model();
        RequestEntry.Tokens tokens = exchange.facts().tokens();
        if (model != null && tokens != null) {
            metrics.accounts()
                    .used(
                            exchange.principal().account(),
                            model,
                            tokens.prompt(),
                            tokens.cached(),
                            tokens.completion(),
                            tokens.costMicros());
        }
    }

    private RequestEntry entry(Exchange exchange, String method, int status, long nanos) {
        Principal caller = exchange.caller();
        ErrorKind failure = exchange.failure();
        RequestFacts facts = exchange.facts();
        return new RequestEntry(
                clock.instant(),
                exchange.requestId(),
                caller == null ? null : caller.account(),
                caller == null ? null : caller.keyId(),
                exchange.keyPrefix(),
                method,
                exchange.route(),
                facts.model(),
                status,
                failure == null ? null : failure.code(),
                facts.streamed(),
                failure == ErrorKind.CLIENT_CLOSED,
                facts.tokens(),
                facts.timing(nanos),
                facts.texts());
    }
}
