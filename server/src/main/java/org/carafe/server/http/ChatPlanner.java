package org.carafe.server.http;

import java.util.List;
import java.util.Map;
import org.carafe.server.assistants.Prompting;
import org.carafe.server.documents.Passage;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.openai.ChatMessage;
import org.carafe.server.openai.ChatRequest;
import org.carafe.server.openai.SamplingFields;
import org.carafe.server.serving.ModelCatalog;
import org.carafe.server.serving.RequestPlan;
import org.carafe.server.serving.RequestPlanner;
import org.carafe.server.serving.ServedModel;
import org.jspecify.annotations.Nullable;

/** Plans chats whose callers named no model and no length: that of an assistant, that of a channel. Thread-safe. */
final class ChatPlanner {
    /** What an answer has room for at least, before optional parts of the prompt are left out. */
    private static final int ROOM_TOKENS = 256;

    private final ModelCatalog models;
    private final RequestPlanner planner;

    ChatPlanner(ModelCatalog models, RequestPlanner planner) {
        this.models = models;
        this.planner = planner;
    }

    /**
     * The model of an assistant or a channel.
     *
     * @throws ApiException {@code MODEL_UNAVAILABLE}: it is not served here, which the caller can do nothing about
     */
    ServedModel model(String name, Exchange exchange) {
        try {
            return models.require(name, exchange.principal());
        } catch (ApiException e) {
            if (e.kind() == ErrorKind.MODEL_NOT_FOUND) {
                throw new ApiException(
                        ErrorKind.MODEL_UNAVAILABLE,
                        "Unavailable: the model '" + name + "' is not served here.",
                        null,
                        Map.of("Retry-After", "60"));
            }
            throw e;
        }
    }

    /**
     * A plan.
     *
     * @param turns the last one is the question
     * @param tokensMax of the answer, where the prompt leaves room for so many
     * @param mayBeLess whether something of the prompt could be left out: then an answer must have room
     * @throws ApiException {@code CONTEXT_LENGTH_EXCEEDED}, {@code INVALID_VALUE}
     */
    RequestPlan plan(
            Exchange exchange,
            ServedModel model,
            @Nullable String systemPrompt,
            List<ChatMessage> turns,
            List<Passage> passages,
            SamplingFields fields,
            int tokensMax,
            boolean mayBeLess) {
        boolean systemRole = model.template() == null || model.template().takesSystemMessages();
        ChatRequest request = new ChatRequest(
                model.name(), Prompting.conversation(systemPrompt, turns, passages, systemRole), fields, List.of());
        RequestPlan plan = planner.chat(
                model, request, exchange.requestId(), exchange.principal().account());
        int room = Math.min(
                Math.min(tokensMax, model.outputTokensMax()), Math.min(ROOM_TOKENS, model.contextTokensMax() / 4));
        if (mayBeLess && plan.maxTokens() < room) {
            throw new ApiException(
                    ErrorKind.CONTEXT_LENGTH_EXCEEDED,
                    "The prompt leaves room for " + plan.maxTokens() + " tokens; an answer has " + room + ".");
        }
        return plan.within(tokensMax);
    }
}
