package org.carafe.server.http;

import java.io.IOException;
import java.util.List;
import org.carafe.server.accounts.Assistant;
import org.carafe.server.accounts.AssistantSettings;
import org.carafe.server.assistants.Fitting;
import org.carafe.server.assistants.Prompting;
import org.carafe.server.assistants.SamplingDefaults;
import org.carafe.server.documents.Passage;
import org.carafe.server.documents.PassageIndex;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.openai.ChatMessage;
import org.carafe.server.openai.SamplingFields;
import org.carafe.server.serving.RequestPlan;
import org.carafe.server.serving.ServedModel;
import org.carafe.server.simple.SimpleEncoder;
import org.carafe.server.simple.SimpleMessage;
import org.carafe.server.simple.SimpleParser;
import org.carafe.server.simple.SimpleRequest;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/chat}: the assistant that the key is bound to answers. */
final class SimpleRoutes {
    private static final int PASSAGES_MAX = 4;

    private final BoundAssistants assistants;
    private final PassageIndex passages;
    private final SimpleParser parser;
    private final BodyReader bodies;
    private final ChatPlanner planner;
    private final TwoTries generations;

    SimpleRoutes(
            BoundAssistants assistants,
            PassageIndex passages,
            SimpleParser parser,
            BodyReader bodies,
            ChatPlanner planner,
            TwoTries generations) {
        this.assistants = assistants;
        this.passages = passages;
        this.parser = parser;
        this.bodies = bodies;
        this.planner = planner;
        this.generations = generations;
    }

    private record Grounded(RequestPlan plan, List<Passage> passages) {}

    void chat(Exchange exchange) throws IOException {
        Assistant assistant = assistants.of(exchange.principal());
        SimpleRequest request = parser.parse(bodies.read(exchange));
        IgnoredFields.list(exchange, request.ignoredFields());
        AssistantSettings settings = assistant.settings();
        if (settings.adapter() != null) {
            throw new ApiException(
                    ErrorKind.MODEL_UNAVAILABLE,
                    "Unavailable: the assistant '" + assistant.name() + "' has the adapter '" + settings.adapter()
                            + "', which is not served here.");
        }
        ServedModel model = planner.model(settings.model(), exchange);
        SamplingFields fields = SamplingDefaults.fields(settings.sampling(), request.stream());
        List<ChatMessage> turns =
                request.messages().stream().map(SimpleRoutes::message).toList();
        List<Passage> found = found(assistant, request);
        Grounded grounded = Fitting.most(found == null ? 0 : found.size(), count -> {
            List<Passage> best = found == null ? List.of() : found.subList(0, count);
            return new Grounded(
                    planner.plan(
                            exchange,
                            model,
                            settings.systemPrompt(),
                            turns,
                            best,
                            fields,
                            SamplingDefaults.tokensMax(settings.sampling()),
                            count > 0),
                    best);
        });
        String id = RequestIds.fresh("chat_");
        generations.run(
                exchange,
                grounded.plan(),
                fields,
                () -> new SimpleEncoder(id, assistant.name(), found == null ? null : grounded.passages()));
    }

    /** Null where the assistant has no documents at all. */
    private @Nullable List<Passage> found(Assistant assistant, SimpleRequest request) {
        if (!passages.hasDocuments(assistant.id())) {
            return null;
        }
        return passages.search(assistant.id(), request.messages().getLast().content(), PASSAGES_MAX);
    }

    private static ChatMessage message(SimpleMessage message) {
        ChatMessage.Role role = switch (message.role()) {
            case USER -> ChatMessage.Role.USER;
            case ASSISTANT -> ChatMessage.Role.ASSISTANT;
        };
        return Prompting.message(role, message.content());
    }
}
