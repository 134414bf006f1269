package org.carafe.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Locale;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.metrics.ServerMetrics;
import org.carafe.server.openai.JsonBuffer;
import org.carafe.server.serving.ModelCatalog;

/** {@code /health}, {@code /ready}, {@code /metrics}. */
final class ProbeRoutes {
    private final Gate gate;
    private final ModelCatalog models;
    private final ServerMetrics metrics;

    ProbeRoutes(Gate gate, ModelCatalog models, ServerMetrics metrics) {
        this.gate = gate;
        this.models = models;
        this.metrics = metrics;
    }

    /** The process answers; whether it serves is {@code /ready}'s question. */
    void health(Exchange exchange) throws IOException {
        exchange.json(200, new JsonBuffer().open().name("status").text("ok").close());
    }

    void ready(Exchange exchange) throws IOException {
        Gate.State state = gate.state();
        boolean engineDied =
                models.all().stream().anyMatch(model -> !model.engine().isOpen());
        if (state != Gate.State.READY || engineDied) {
            String why =
                    state == Gate.State.READY ? "engine stopped" : state.name().toLowerCase(Locale.ROOT);
            throw new ApiException(ErrorKind.MODEL_UNAVAILABLE, "Not ready: " + why + ".");
        }
        exchange.json(200, new JsonBuffer().open().name("status").text("ready").close());
    }

    void metrics(Exchange exchange) throws IOException {
        exchange.bytes(
                200,
                "text/plain; version=0.0.4; charset=utf-8",
                metrics.scrape().getBytes(UTF_8));
    }
}
