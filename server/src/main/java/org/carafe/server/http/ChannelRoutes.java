package org.carafe.server.http;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.carafe.server.accounts.Channel;
import org.carafe.server.admission.Admission;
import org.carafe.server.assistants.Fitting;
import org.carafe.server.assistants.Prompting;
import org.carafe.server.assistants.SamplingDefaults;
import org.carafe.server.channels.ChannelEncoder;
import org.carafe.server.channels.ChannelParser;
import org.carafe.server.channels.ChannelRequest;
import org.carafe.server.channels.ChatTurn;
import org.carafe.server.channels.SessionTurns;
import org.carafe.server.channels.TurnLostException;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.ledger.store.Books;
import org.carafe.server.ledger.store.ChatStore;
import org.carafe.server.openai.ChatMessage;
import org.carafe.server.openai.ChatMessage.Role;
import org.carafe.server.openai.JsonBuffer;
import org.carafe.server.openai.SamplingFields;
import org.carafe.server.serving.RequestPlan;
import org.carafe.server.serving.ServedModel;

/** {@code /v1/channels}: chat with a memory. */
final class ChannelRoutes {
    private static final Duration TURN_TIMEOUT = Duration.ofSeconds(60);

    private final Books books;
    private final ChatStore chats;
    private final InstantSource clock;
    private final ChannelParser parser;
    private final BodyReader bodies;
    private final ChatPlanner planner;
    private final TwoTries generations;
    private final Admission admission;
    private final SessionTurns turns;

    ChannelRoutes(
            Dialects dialects,
            ChannelParser parser,
            BodyReader bodies,
            ChatPlanner planner,
            TwoTries generations,
            Admission admission) {
        this.books = dialects.books();
        this.chats = dialects.chats();
        this.turns = new SessionTurns(TURN_TIMEOUT, dialects.turns());
        this.clock = dialects.clock();
        this.parser = parser;
        this.bodies = bodies;
        this.planner = planner;
        this.generations = generations;
        this.admission = admission;
    }

    void chat(Exchange exchange) throws IOException {
        ChannelRequest request = parser.parse(bodies.read(exchange));
        // A channel's key stands in a public page: whoever has used up its minute is neither looked up nor stands in a
        // line.
        admission.check(exchange.principal());
        Channel channel = channel(exchange);
        IgnoredFields.list(exchange, request.ignoredFields());
        Instant askedAt = clock.instant();
        ServedModel model = planner.model(channel.model(), exchange);
        SamplingFields fields = SamplingDefaults.fields(Map.of(), request.stream());
        try (SessionTurns.Turn turn = turns.begin(channel.id(), request.sessionId())) {
            List<ChatTurn> history = chats.turns(channel.id(), request.sessionId());
            RequestPlan plan = Fitting.most(
                    history.size(),
                    count -> planner.plan(
                            exchange,
                            model,
                            request.systemPrompt(channel.systemPrompt()),
                            messages(history.subList(history.size() - count, history.size()), request),
                            List.of(),
                            fields,
                            Integer.MAX_VALUE,
                            count > 0));
            String id = RequestIds.fresh("chat_");
            generations.run(
                    exchange,
                    plan,
                    fields,
                    () -> new ChannelEncoder(
                            id,
                            channel.name(),
                            request.sessionId(),
                            reply -> remember(turn, request.message(), askedAt, reply)));
        }
    }

    private void remember(SessionTurns.Turn turn, String message, Instant askedAt, String reply) {
        try {
            // Some databases cannot hold this one.
            String kept = reply.replace('\u0000', '\uFFFD');
            chats.add(turn.lease(), new ChatTurn(message, askedAt, kept, clock.instant()));
            turn.handedOn();
        } catch (TurnLostException e) {
            throw new ApiException(
                    ErrorKind.LEDGER_UNAVAILABLE, "Unavailable: " + e.getMessage() + ". Send the message again.");
        }
    }

    private static List<ChatMessage> messages(List<ChatTurn> history, ChannelRequest request) {
        List<ChatMessage> messages = new ArrayList<>();
        for (ChatTurn turn : history) {
            messages.add(Prompting.message(Role.USER, turn.message()));
            messages.add(Prompting.message(Role.ASSISTANT, turn.reply()));
        }
        messages.add(Prompting.message(Role.USER, request.message()));
        return messages;
    }

    void history(Exchange exchange) throws IOException {
        String given = exchange.context().queryParam("sessionId");
        if (given == null) {
            throw new ApiException(ErrorKind.MISSING_FIELD, "Missing required parameter 'sessionId'.", "sessionId");
        }
        String sessionId = ChannelParser.sessionId(given);
        exchange.headers(admission.count(exchange.principal()));
        Channel channel = channel(exchange);
        JsonBuffer out = new JsonBuffer();
        out.open().name("sessionId").text(sessionId).name("messages").openArray();
        for (ChatTurn turn : chats.turns(channel.id(), sessionId)) {
            write(out, "user", turn.message(), turn.askedAt());
            write(out, "assistant", turn.reply(), turn.repliedAt());
        }
        exchange.json(200, out.closeArray().close());
    }

    private static void write(JsonBuffer out, String role, String content, Instant at) {
        out.open().name("role").text(role);
        out.name("content").text(content);
        out.name("createdAt").text(at.toString()).close();
    }

    private Channel channel(Exchange exchange) {
        long keyId = Objects.requireNonNull(exchange.principal().grant(), "channels' keys are the ledger's")
                .keyId();
        Channel channel = books.read(tables -> tables.channels().findByKey(keyId))
                .orElseThrow(() -> new ApiException(ErrorKind.INVALID_API_KEY, "This key is no channel's."));
        if (channel.disabledAt() != null) {
            throw new ApiException(ErrorKind.SITE_DISABLED, "The channel '" + channel.name() + "' is disabled.");
        }
        return channel;
    }
}
