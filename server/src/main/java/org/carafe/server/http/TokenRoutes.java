package org.carafe.server.http;

import java.io.IOException;
import java.util.List;
import org.carafe.server.admission.Admission;
import org.carafe.server.openai.DetokenizeRequest;
import org.carafe.server.openai.JsonBuffer;
import org.carafe.server.openai.RequestParser;
import org.carafe.server.openai.TokenizeRequest;
import org.carafe.server.serving.ModelCatalog;
import org.carafe.server.serving.Prompts;
import org.carafe.server.serving.ServedModel;

/** {@code /tokenize} and {@code /detokenize}, as vLLM's. */
final class TokenRoutes {
    private final ModelCatalog models;
    private final RequestParser parser;
    private final BodyReader bodies;
    private final Admission admission;
    private final Prompts prompts;

    TokenRoutes(ModelCatalog models, RequestParser parser, BodyReader bodies, Admission admission, Prompts prompts) {
        this.prompts = prompts;
        this.models = models;
        this.parser = parser;
        this.bodies = bodies;
        this.admission = admission;
    }

    void tokenize(Exchange exchange) throws IOException {
        TokenizeRequest request = parser.tokenize(bodies.read(exchange));
        IgnoredFields.list(exchange, request.ignoredFields());
        ServedModel model = models.require(request.model(), exchange.principal());
        if (request.prompt() != null) {
            Prompts.checkLength(request.prompt(), "prompt");
        }
        exchange.headers(admission.count(exchange.principal()));
        int[] ids = ids(request, model);
        JsonBuffer out = new JsonBuffer();
        out.open().name("count").number(ids.length);
        out.name("max_model_len").number(model.contextTokensMax());
        out.name("tokens").openArray();
        for (int id : ids) {
            out.number(id);
        }
        out.closeArray().name("token_strs");
        if (request.returnTokenStrings()) {
            out.openArray();
            for (int id : ids) {
                out.text(model.tokenizer().tokenText(id));
            }
            out.closeArray();
        } else {
            out.none();
        }
        exchange.json(200, out.close());
    }

    private int[] ids(TokenizeRequest request, ServedModel model) {
        if (request.conversation() != null) {
            return prompts.chat(model, request.conversation(), request.addSpecialTokens())
                    .ids();
        }
        String prompt = request.prompt() == null ? "" : request.prompt();
        return prompts.encode(model, prompt, List.of(), request.addSpecialTokens(), "prompt");
    }

    void detokenize(Exchange exchange) throws IOException {
        DetokenizeRequest request = parser.detokenize(bodies.read(exchange));
        IgnoredFields.list(exchange, request.ignoredFields());
        ServedModel model = models.require(request.model(), exchange.principal());
        int[] ids = Prompts.ids(model, request.tokens(), "tokens");
        exchange.headers(admission.count(exchange.principal()));
        JsonBuffer out = new JsonBuffer();
        out.open().name("prompt").text(model.tokenizer().decode(ids, false)).close();
        exchange.json(200, out);
    }
}
