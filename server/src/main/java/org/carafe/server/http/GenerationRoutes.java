package org.carafe.server.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.carafe.models.tokenizer.Tokenizer;
import org.carafe.server.openai.AnswerFrame;
import org.carafe.server.openai.ChatEncoder;
import org.carafe.server.openai.ChatRequest;
import org.carafe.server.openai.CompletionEncoder;
import org.carafe.server.openai.CompletionRequest;
import org.carafe.server.openai.EchoedPrompt;
import org.carafe.server.openai.RequestParser;
import org.carafe.server.serving.ModelCatalog;
import org.carafe.server.serving.PromptTokens;
import org.carafe.server.serving.RequestPlan;
import org.carafe.server.serving.RequestPlanner;
import org.carafe.server.serving.ServedModel;

/** {@code /v1/chat/completions} and {@code /v1/completions}. */
final class GenerationRoutes {
    private final ModelCatalog models;
    private final RequestParser parser;
    private final BodyReader bodies;
    private final RequestPlanner planner;
    private final Generations generations;

    GenerationRoutes(
            ModelCatalog models,
            RequestParser parser,
            BodyReader bodies,
            RequestPlanner planner,
            Generations generations) {
        this.planner = planner;
        this.models = models;
        this.parser = parser;
        this.bodies = bodies;
        this.generations = generations;
    }

    void chat(Exchange exchange) throws IOException {
        ChatRequest request = parser.chat(bodies.read(exchange));
        IgnoredFields.list(exchange, request.ignoredFields());
        ServedModel model = models.require(request.model(), exchange.principal());
        RequestPlan plan = planner.chat(
                model, request, exchange.requestId(), exchange.principal().account());
        AnswerFrame frame = frame("chatcmpl-", model);
        int[] promptIds = plan.prompts().getFirst().ids();
        ChatEncoder encoder = new ChatEncoder(frame, request.sampling(), promptIds);
        generations.run(exchange, plan, request.sampling(), encoder);
    }

    void completion(Exchange exchange) throws IOException {
        CompletionRequest request = parser.completion(bodies.read(exchange));
        IgnoredFields.list(exchange, request.ignoredFields());
        ServedModel model = models.require(request.model(), exchange.principal());
        RequestPlan plan = planner.completion(
                model, request, exchange.requestId(), exchange.principal().account());
        List<EchoedPrompt> prompts = new ArrayList<>();
        for (PromptTokens prompt : plan.prompts()) {
            prompts.add(echoed(prompt, model.tokenizer()));
        }
        CompletionEncoder encoder =
                new CompletionEncoder(frame("cmpl-", model), request.sampling(), request.echo(), prompts);
        generations.run(exchange, plan, request.sampling(), encoder);
    }

    private static EchoedPrompt echoed(PromptTokens prompt, Tokenizer tokenizer) {
        int first = prompt.ids()[0];
        byte[] bytes = tokenizer.isSpecial(first) ? new byte[0] : tokenizer.tokenBytes(first);
        return new EchoedPrompt(prompt.text(), prompt.ids(), tokenizer.tokenString(first), bytes);
    }

    private static AnswerFrame frame(String prefix, ServedModel model) {
        return new AnswerFrame(
                RequestIds.fresh(prefix), System.currentTimeMillis() / 1000, model.name(), model.systemFingerprint());
    }
}
