package org.carafe.server.http;

import java.io.IOException;
import org.carafe.server.admission.Admission;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.openai.JsonBuffer;
import org.carafe.server.serving.ModelCatalog;
import org.carafe.server.serving.ServedModel;

/** {@code /v1/models}: what a key may use. */
final class ModelRoutes {
    private final ModelCatalog models;
    private final Admission admission;

    ModelRoutes(ModelCatalog models, Admission admission) {
        this.models = models;
        this.admission = admission;
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
        ServedModel model = models.visibleTo(exchange.principal()).stream()
                .filter(candidate -> candidate.name().equals(id))
                .findFirst()
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

    private static void write(JsonBuffer out, ServedModel model) {
        out.open().name("id").text(model.name());
        out.name("object").text("model");
        out.name("created").number(model.created().getEpochSecond());
        out.name("owned_by").text("carafe");
        out.name("context_length").number(model.contextTokensMax());
        // A prompt has at least one token.
        out.name("max_output_tokens").number(model.contextTokensMax() - 1);
        out.name("capabilities").openArray();
        if (model.template() != null) {
            out.text("chat");
        }
        out.text("completions").text("streaming").text("logprobs").closeArray();
        // Nothing is charged where no ledger is configured.
        out.name("pricing").open().name("prompt").number(0).name("completion").number(0);
        out.name("cached_prompt").number(0).name("unit").text("credits").close();
        out.close();
    }
}
