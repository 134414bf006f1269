package org.carafe.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Map;
import org.carafe.server.accounts.KeyKind;
import org.carafe.server.admission.Admission;
import org.carafe.server.auth.KeyGrant;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.idempotency.Begun;
import org.carafe.server.idempotency.OnceOnly;
import org.carafe.server.ledger.store.ClaimStore.Claim;
import org.jspecify.annotations.Nullable;

/**
 * Around routes that charge: the first request with an {@code Idempotency-Key} runs, and the transaction that charges for its answer keeps
 * it; the same request again gets the same bytes and costs nothing. A request without an answer to keep, as it failed or is too large,
 * frees the key; one whose charge could not be written yet keeps it until that is.
 */
final class Idempotent {
    private static final String REPLAYED = "Idempotency-Replayed";
    /** Memory that answers may take which are being recorded. */
    private static final int HEAP_SHARE = 16;

    private final BodyReader bodies;
    private final Admission admission;
    private final MemoryBudget budget = new MemoryBudget(Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    private volatile @Nullable OnceOnly once;

    Idempotent(BodyReader bodies, Admission admission) {
        this.bodies = bodies;
        this.admission = admission;
    }

    /** Memory of the answers that are being recorded, or wait with their settlements. */
    MemoryBudget recordings() {
        return budget;
    }

    /** Honours the header from now on. */
    void honour(OnceOnly service) {
        once = service;
    }

    /** A route that charges, under the header. */
    HttpServer.Endpoint around(HttpServer.Endpoint endpoint) {
        return exchange -> {
            OnceOnly service = once;
            KeyGrant grant = exchange.principal().grant();
            String key = IdempotencyKey.of(exchange.context());
            if (service == null || grant == null || key == null) {
                endpoint.answer(exchange);
                return;
            }
            byte[] body = bodies.read(exchange);
            exchange.keepBody(body);
            Begun begun = service.begin("requests:" + grant.accountId(), key, identity(exchange.route(), grant, body));
            switch (begun) {
                case Begun.First first -> first(exchange, endpoint, service, first.claim());
                case Begun.Again again -> again(exchange, again);
                case Begun.Other other ->
                    throw new ApiException(
                            ErrorKind.IDEMPOTENCY_CONFLICT,
                            "This Idempotency-Key was used with another request; a new request needs a new key.");
                case Begun.Running running ->
                    throw new ApiException(
                            ErrorKind.IDEMPOTENCY_CONFLICT,
                            "The first request with this Idempotency-Key is still running; try again for its answer.",
                            null,
                            Map.of("Retry-After", "2"));
            }
        };
    }

    /** The same body on another route, for another assistant or channel is another request. */
    private static byte[] identity(String route, KeyGrant grant, byte[] body) {
        String whose = grant.kind() == KeyKind.CHANNEL
                ? "key " + grant.keyId()
                : grant.assistantId() == null ? "" : "assistant " + grant.assistantId();
        byte[] name = (route + "\n" + whose + "\n").getBytes(UTF_8);
        byte[] all = new byte[name.length + body.length];
        System.arraycopy(name, 0, all, 0, name.length);
        System.arraycopy(body, 0, all, name.length, body.length);
        return all;
    }

    private void first(Exchange exchange, HttpServer.Endpoint endpoint, OnceOnly service, Claim claim)
            throws IOException {
        Recording recording = new Recording(
                OnceOnly.ANSWER_BYTES_MAX,
                budget,
                (type, answer, over) -> service.toKeep(claim, 200, type, answer, over));
        exchange.record(recording);
        try {
            endpoint.answer(exchange);
        } finally {
            if (!recording.isHandedOver()) {
                recording.giveBack();
                service.release(claim);
            }
        }
    }

    private void again(Exchange exchange, Begun.Again again) throws IOException {
        // A request of the minute, like all that cost nothing else; before the answer is unsealed.
        exchange.headers(admission.count(exchange.principal()));
        exchange.response().setHeader(REPLAYED, "true");
        if (again.contentType().startsWith("text/event-stream")) {
            exchange.response().setHeader("Cache-Control", "no-cache");
        }
        exchange.bytes(again.status(), again.contentType(), again.answer());
    }
}
