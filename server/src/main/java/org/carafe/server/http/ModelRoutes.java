package org.carafe.server.http;

import java.io.IOException;
import java.util.Optional;
import org.carafe.server.admission.Admission;
import org.carafe.server.catalogue.Capability;
import org.carafe.server.catalogue.CatalogueModel;
import org.carafe.server.catalogue.PriceBook;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.ledger.Credits;
import org.carafe.server.ledger.Price;
import org.carafe.server.openai.JsonBuffer;
import org.carafe.server.serving.ModelCatalog;
import org.carafe.server.serving.ServedModel;

/** {@code /v1/models}: what a key may use, loaded or not. */
final class ModelRoutes {
    private final ModelCatalog models;
    private final Admission admission;
    private volatile PriceBook prices = model -> Optional.empty();

    ModelRoutes(ModelCatalog models, Admission admission) {
        this.models = models;
        this.admission = admission;
    }

    /** Shows these prices from now on. */
    void price(PriceBook book) {
        prices = book;
    }

    void list(Exchange exchange) throws IOException {
        exchange.headers(admission.headers(exchange.principal()));
        JsonBuffer out = new JsonBuffer();
        out.open().name("object").text("list").name("data").openArray();
        models.visibleTo(exchange.principal()).forEach(model -> write(out, model));
        exchange.json(200, out.closeArray().close());
    }

    void one(Exchange exchange) throws IOException {
        exchange.headers(admission.headers(exchange.principal()));
        String id = exchange.context().pathParam("id");
        ModelCatalog.Listed model = models.visible(id, exchange.principal())
                // A model that this key may not use is as if it did not exist.
                .orElseThrow(() -> new ApiException(
                        ErrorKind.MODEL_NOT_FOUND,
                        "The model '" + (id.length() > 100 ? id.substring(0, 100) + "…" : id)
                                + "' does not exist here.",
                        "model"));
        JsonBuffer out = new JsonBuffer();
        write(out, model);
        exchange.json(200, out);
    }

    private void write(JsonBuffer out, ModelCatalog.Listed model) {
        out.open().name("id").text(model.id());
        out.name("object").text("model");
        out.name("created").number(model.created().getEpochSecond());
        out.name("owned_by").text("carafe");
        ServedModel served = model.served();
        CatalogueModel entry = model.entry();
        if (entry != null) {
            out.name("name").text(entry.name());
        }
        if (served != null) {
            out.name("status").text("loaded");
            out.name("context_length").number(served.contextTokensMax());
            out.name("max_output_tokens").number(served.outputTokensMax());
            // What it can do here, whatever the catalogue promises.
            out.name("capabilities").openArray();
            if (served.template() != null) {
                out.text("chat");
            }
            out.text("completions").text("streaming").text("logprobs").closeArray();
        } else if (entry != null) {
            out.name("status").text("available");
            out.name("context_length").number(entry.contextTokensMax());
            out.name("max_output_tokens").number(entry.outputTokensMax());
            out.name("capabilities").openArray();
            entry.capabilities().stream().sorted().map(Capability::word).forEach(out::text);
            out.closeArray();
        }
        Price price = prices.of(model.id()).orElse(Price.FREE);
        out.name("pricing").open();
        out.name("prompt").number(Credits.of(price.promptMicros()));
        out.name("completion").number(Credits.of(price.completionMicros()));
        out.name("cached_prompt").number(Credits.of(price.cachedMicros()));
        out.name("unit").text("credits per million tokens").close();
        out.close();
    }
}
