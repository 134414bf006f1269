package org.carafe.server.http;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.carafe.server.accounts.KeyKind;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.adminapi.AdminRoute;
import org.carafe.server.admission.Admission;
import org.carafe.server.auth.Authenticator;
import org.carafe.server.auth.Credential;
import org.carafe.server.auth.Principal;
import org.carafe.server.auth.Scopes;
import org.carafe.server.catalogue.Catalogue;
import org.carafe.server.catalogue.PriceBook;
import org.carafe.server.idempotency.OnceOnly;
import org.carafe.server.metrics.ServerMetrics;
import org.carafe.server.openai.RequestParser;
import org.carafe.server.requestlog.RequestLog;
import org.carafe.server.serving.ModelCatalog;
import org.carafe.server.serving.Prompts;
import org.carafe.server.serving.RequestPlanner;
import org.carafe.server.serving.ServedModel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running HTTP server. It answers probes from the start and requests once {@link #serve} was called. Thread-safe.
 *
 * <p>To stop: {@link #drain}, then {@link #close}, then close the engines.
 */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    /** For requests whose connections are closed to stop, and to write down what they used. */
    private static final Duration SETTLING = Duration.ofSeconds(10);

    private final HttpSettings settings;
    private final Authenticator authenticator;
    private final Admission admission;
    private final HostCheck hosts;
    private final TrustedProxies proxies;
    private final Gate gate = new Gate();
    private final ModelCatalog models = new ModelCatalog();
    private final ModelRoutes modelRoutes;
    private final MemoryBudget answers = MemoryBudget.ofAnswers();
    private final Heartbeats heartbeats;
    private final Journal journal;
    private final AdminEndpoints admin;
    private final LedgerEndpoints ledger;
    private final Idempotent idempotent;
    private final Javalin javalin;

    /** What answers a route. */
    interface Endpoint {
        void answer(Exchange exchange) throws IOException;
    }

    private HttpServer(HttpSettings settings, Authenticator authenticator, Admission admission, ServerMetrics metrics) {
        this.settings = settings;
        this.authenticator = authenticator;
        this.admission = admission;
        this.journal = new Journal(metrics, InstantSource.system());
        this.hosts = new HostCheck(settings.host(), authenticator::letsAnyoneIn);
        this.proxies = new TrustedProxies(settings.rules().trustedProxies());
        this.heartbeats = new Heartbeats(settings.timeouts().heartbeatMillis());
        Prompts prompts = new Prompts();
        MemoryBudget budget = MemoryBudget.ofBodies(settings.limits().requestBytesMax());
        Duration queueTimeout = settings.timeouts().queueMillis() == 0
                ? null
                : Duration.ofMillis(settings.timeouts().queueMillis());
        RequestPlanner planner = new RequestPlanner(
                prompts, Math.min(settings.limits().answerBytesMax(), answers.bytes()), queueTimeout);
        BodyReader bodies = new BodyReader(settings, budget);
        RequestParser parser = new RequestParser(settings.rules().unknownFields() == HttpSettings.UnknownFields.IGNORE);
        Generations generations = new Generations(admission, answers, heartbeats);
        GenerationRoutes generation = new GenerationRoutes(models, parser, bodies, planner, generations);
        ledger = new LedgerEndpoints(
                admission,
                bodies,
                new ChatPlanner(models, planner),
                new TwoTries(generations),
                settings.rules().unknownFields() == HttpSettings.UnknownFields.IGNORE);
        modelRoutes = new ModelRoutes(models, admission);
        admin = new AdminEndpoints(bodies);
        idempotent = new Idempotent(bodies, admission);
        TokenRoutes tokens = new TokenRoutes(models, parser, bodies, admission, prompts);
        ProbeRoutes probes = new ProbeRoutes(gate, models, metrics);
        DocumentRoutes documents = new DocumentRoutes();
        javalin = Javalin.create(config -> {
            JettySetup.apply(config, settings);
            for (Routes route : Routes.values()) {
                Endpoint endpoint = switch (route) {
                    case CHAT -> generation::chat;
                    case COMPLETIONS -> generation::completion;
                    case EMBEDDINGS ->
                        exchange -> {
                            throw LaterRoutes.embeddings(exchange);
                        };
                    case SIMPLE_CHAT,
                            USAGE,
                            DOCUMENT_ADD,
                            DOCUMENTS,
                            DOCUMENT,
                            DOCUMENT_DELETE,
                            CHANNEL_CHAT,
                            CHANNEL_CHAT_PREFLIGHT,
                            CHANNEL_HISTORY,
                            CHANNEL_HISTORY_PREFLIGHT -> exchange -> ledger.answer(exchange, route);
                    case MODELS -> modelRoutes::list;
                    case MODEL -> modelRoutes::one;
                    case TOKENIZE -> tokens::tokenize;
                    case DETOKENIZE -> tokens::detokenize;
                    case HEALTH -> probes::health;
                    case READY -> probes::ready;
                    case METRICS -> probes::metrics;
                    case OPENAPI -> documents::openapi;
                    case ADMIN_OPENAPI -> documents::adminOpenapi;
                    case DOCS -> documents::docs;
                    case INDEX -> documents::index;
                };
                Endpoint answered = route.metering() == Metering.METERED ? idempotent.around(endpoint) : endpoint;
                boolean keyed = route.keyed()
                        || (route == Routes.METRICS && settings.rules().metricsNeedKey());
                Door door = new Door(route.metering(), keyed, route, route.scope());
                register(
                        config,
                        route.method(),
                        route.path(),
                        context -> handle(new Exchange(context, route.path()), door, answered));
            }
            for (AdminRoute route : AdminRoute.values()) {
                Endpoint endpoint = exchange -> admin.answer(exchange, route);
                Door door = new Door(Metering.ADMIN, true, null, route.scope());
                register(
                        config,
                        route.method(),
                        route.path(),
                        context -> handle(new Exchange(context, route.path()), door, endpoint));
            }
            // For every request, matched or not: what a connection receives meanwhile is not the next request's head.
            config.routes.before(context -> WatchedEndPoint.of(context.req()).ifPresent(WatchedEndPoint::answering));
            config.routes.after(context -> WatchedEndPoint.of(context.req()).ifPresent(WatchedEndPoint::answered));
            // Javalin has a handler of its own for these; the closest class wins.
            config.routes.exception(HttpResponseException.class, (thrown, context) -> unmatched(context, thrown));
            config.routes.exception(Exception.class, (thrown, context) -> unmatched(context, thrown));
        });
        metrics.live("carafe_http_requests_running", "Requests inside, streams included.", gate::inside);
        metrics.live("carafe_http_body_memory_left_bytes", "What further large bodies may take.", budget::leftBytes);
        metrics.live(
                "carafe_http_answer_memory_left_bytes",
                "What log-probabilities may still take that wait for the rest of their answers, or for their readers.",
                answers::leftBytes);
    }

    /**
     * Binds and answers probes; {@code /ready} says 503 until {@link #serve}.
     *
     * @throws IllegalArgumentException one line for the user: the address cannot be bound
     */
    public static HttpServer start(
            HttpSettings settings, Authenticator authenticator, Admission admission, ServerMetrics metrics) {
        HttpServer server = new HttpServer(settings, authenticator, admission, metrics);
        try {
            server.javalin.start();
        } catch (RuntimeException e) {
            server.close();
            throw new IllegalArgumentException(
                    "cannot listen on " + settings.host() + ":" + settings.port() + ": " + rootMessage(e), e);
        }
        return server;
    }

    private static String rootMessage(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    /** Serves these models from now on, and is ready. */
    public void serve(List<ServedModel> served) {
        models.serve(served);
        gate.open();
    }

    /** Lists these models too, and everywhere these prices. */
    public void offer(Catalogue catalogue, PriceBook prices, Instant since) {
        models.offer(catalogue, since);
        modelRoutes.price(prices);
    }

    /** Honours {@code Idempotency-Key} on requests that charge from now on. */
    public void honour(OnceOnly once) {
        idempotent.honour(once);
    }

    /** Memory that answers under an {@code Idempotency-Key} take; all of it is left when none is on its way. */
    MemoryBudget recordings() {
        return idempotent.recordings();
    }

    /** Lets management keys administer from now on. */
    public void administer(AdminActs acts) {
        admin.serve(acts);
    }

    /** Answers simple chat, documents, usage and channels from now on. */
    public void speak(Dialects dialects) {
        ledger.serve(dialects);
    }

    /** Logs every request from now on, with prompts and answers where {@code withTexts}. */
    public void logTo(RequestLog log, boolean withTexts) {
        journal.to(log, withTexts);
    }

    /** What log-probabilities may take that wait for the rest of their answers. */
    MemoryBudget answerBudget() {
        return answers;
    }

    /** Whether requests need no key right now. */
    public boolean letsAnyoneIn() {
        return authenticator.letsAnyoneIn();
    }

    /** The port that is bound. */
    public int port() {
        return javalin.port();
    }

    /**
     * Answers new requests with 503 and waits for those inside.
     *
     * @return false if some are still running after {@code timeout}
     */
    public boolean drain(Duration timeout) throws InterruptedException {
        return gate.drain(timeout);
    }

    /** Closes every connection. Requests that still run are cancelled. */
    @Override
    public void close() {
        heartbeats.close();
        javalin.stop();
        // Each request settles on its own thread, whatever became of its connection; the ledger is closed after this.
        if (!gate.emptied(SETTLING)) {
            LOG.error("some requests have not ended {} s after their connections were closed", SETTLING.toSeconds());
        }
    }

    /**
     * Who may go through.
     *
     * @param route null: one of the admin API
     * @param scope what a key's list of routes calls it
     */
    private record Door(
            Metering metering, boolean keyed, @Nullable Routes route, String scope) {
        KeyKind keyKind(Principal caller) {
            return route == null ? KeyKind.MANAGEMENT : route.keyKind(caller);
        }

        /** Whether pages of other origins come through. */
        boolean isChannel() {
            return route != null && route.isChannel();
        }

        /** Closed while loading and draining; administrators may act meanwhile. */
        boolean gated() {
            return metering != Metering.ADMIN && metering != Metering.OPEN;
        }
    }

    private static void register(JavalinConfig config, String method, String path, Handler handler) {
        switch (method) {
            case "GET" -> {
                config.routes.get(path, handler);
                // Jetty leaves the body out; without this Javalin would answer 200 and ask nobody for a key.
                config.routes.head(path, handler);
            }
            case "POST" -> config.routes.post(path, handler);
            case "PUT" -> config.routes.put(path, handler);
            case "PATCH" -> config.routes.patch(path, handler);
            case "DELETE" -> config.routes.delete(path, handler);
            case "OPTIONS" -> config.routes.options(path, handler);
            default -> throw new IllegalStateException("no route has the method " + method);
        }
    }

    private void handle(Exchange exchange, Door door, Endpoint endpoint) {
        boolean inside = false;
        journal.begin(exchange);
        try {
            hosts.check(exchange.context().header("Host"));
            Cors cors = door.isChannel() ? ledger.cors() : null;
            if (cors != null) {
                cors.begin(exchange);
            }
            if (door.keyed()) {
                // A site's key in a link would be in everybody's history.
                boolean inQuery = settings.rules().keyInQuery() && !door.isChannel();
                Credential credential = Credentials.find(exchange.context(), inQuery);
                exchange.presented(credential);
                exchange.authenticated(authenticator.authenticate(credential));
                if (cors != null) {
                    cors.known(exchange);
                }
                Scopes.check(
                        exchange.principal(),
                        door.keyKind(exchange.principal()),
                        door.scope(),
                        exchange.context().header("Origin"),
                        proxies.callerOf(exchange.context().req()).orElse(null));
            }
            if (door.gated()) {
                gate.enter();
                inside = true;
            }
            endpoint.answer(exchange);
        } catch (Throwable thrown) {
            limitHeaders(exchange);
            Errors.answer(exchange, thrown);
        } finally {
            exchange.end();
            if (inside) {
                // Whoever waits for the last one to leave closes the connections next: its last byte is out before.
                exchange.complete();
                gate.leave();
            }
            journal.ended(exchange, door.metering() != Metering.OPEN);
        }
    }

    /** Also where a request failed before anything was taken for it. */
    private void limitHeaders(Exchange exchange) {
        if (!exchange.isKnown() || exchange.response().containsHeader("X-RateLimit-Limit-Requests")) {
            return;
        }
        try {
            exchange.headers(admission.headers(exchange.principal()));
        } catch (RuntimeException e) {
            // The answer is an error already, and says more than this one would.
            LOG.debug("{}: no limit headers: {}", exchange.requestId(), e.getMessage());
        }
    }

    private void unmatched(Context context, Exception thrown) {
        Exchange exchange = new Exchange(context, "unmatched");
        Errors.answer(exchange, thrown);
        journal.ended(exchange, true);
    }
}
