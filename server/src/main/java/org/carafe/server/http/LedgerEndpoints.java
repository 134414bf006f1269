package org.carafe.server.http;

import java.io.IOException;
import org.carafe.server.admission.Admission;
import org.carafe.server.channels.ChannelParser;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.simple.SimpleParser;
import org.jspecify.annotations.Nullable;

/** Brings requests to the routes that only a server with a ledger has. */
final class LedgerEndpoints {
    private final Admission admission;
    private final BodyReader bodies;
    private final ChatPlanner planner;
    private final TwoTries generations;
    private final boolean ignoreUnknownFields;
    private volatile @Nullable Served served;

    LedgerEndpoints(
            Admission admission,
            BodyReader bodies,
            ChatPlanner planner,
            TwoTries generations,
            boolean ignoreUnknownFields) {
        this.admission = admission;
        this.bodies = bodies;
        this.planner = planner;
        this.generations = generations;
        this.ignoreUnknownFields = ignoreUnknownFields;
    }

    private record Served(
            SimpleRoutes simple,
            UsageRoutes usage,
            AssistantDocumentRoutes documents,
            ChannelRoutes channels,
            Cors cors) {}

    /** Answers from now on. */
    void serve(Dialects dialects) {
        BoundAssistants assistants = new BoundAssistants(dialects.books());
        served = new Served(
                new SimpleRoutes(
                        assistants,
                        dialects.documents(),
                        new SimpleParser(ignoreUnknownFields),
                        bodies,
                        planner,
                        generations),
                new UsageRoutes(dialects, admission),
                new AssistantDocumentRoutes(assistants, dialects, bodies, admission),
                new ChannelRoutes(
                        dialects, new ChannelParser(ignoreUnknownFields), bodies, planner, generations, admission),
                new Cors(dialects.books(), dialects.clock()));
    }

    /** Null before {@link #serve}. */
    @Nullable
    Cors cors() {
        Served now = served;
        return now == null ? null : now.cors;
    }

    void answer(Exchange exchange, Routes route) throws IOException {
        Served now = served;
        if (now == null) {
            throw new ApiException(
                    ErrorKind.NOT_FOUND, exchange.route() + " needs a ledger; this server runs without one.");
        }
        if (route.metering() == Metering.FREE_WITH_KEY) {
            exchange.headers(admission.headers(exchange.principal()));
        }
        switch (route) {
            case SIMPLE_CHAT -> now.simple.chat(exchange);
            case USAGE -> now.usage.usage(exchange);
            case DOCUMENT_ADD -> now.documents.add(exchange);
            case DOCUMENTS -> now.documents.list(exchange);
            case DOCUMENT -> now.documents.one(exchange);
            case DOCUMENT_DELETE -> now.documents.delete(exchange);
            case CHANNEL_CHAT -> now.channels.chat(exchange);
            case CHANNEL_HISTORY -> now.channels.history(exchange);
            case CHANNEL_CHAT_PREFLIGHT, CHANNEL_HISTORY_PREFLIGHT -> now.cors.preflight(exchange);
            default -> throw new IllegalArgumentException(route + " needs no ledger");
        }
    }
}
