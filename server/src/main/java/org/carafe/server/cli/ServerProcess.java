package org.carafe.server.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.carafe.models.checkpoint.Checkpoint;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.admission.Unmetered;
import org.carafe.server.auth.ApiKeyFile;
import org.carafe.server.bookkeeping.Bookkeeping;
import org.carafe.server.bookkeeping.BookkeepingSettings;
import org.carafe.server.bookkeeping.Listeners;
import org.carafe.server.catalogue.Catalogue;
import org.carafe.server.catalogue.LedgerPrices;
import org.carafe.server.catalogue.PriceBook;
import org.carafe.server.config.Environment;
import org.carafe.server.http.Dialects;
import org.carafe.server.http.HttpServer;
import org.carafe.server.idempotency.OnceOnly;
import org.carafe.server.ledger.LedgerListener;
import org.carafe.server.ledger.db.LedgerUnavailableException;
import org.carafe.server.ledger.store.Books;
import org.carafe.server.loading.LoadedModel;
import org.carafe.server.metrics.ServerMetrics;
import org.carafe.server.requestlog.RequestLog;
import org.carafe.server.serving.ChatRenderer;
import org.carafe.server.serving.ServedModel;
import org.carafe.server.serving.SystemFingerprint;
import org.carafe.server.webhooks.Webhooks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of {@code serve}: open the books, bind, load beside both, say ready, serve until a signal, drain, end. */
final class ServerProcess {
    private static final Logger LOG = LoggerFactory.getLogger(ServerProcess.class);
    private static final long WATCH_MILLIS = 500;

    private final ServeOptions options;
    private final ModelSource source;
    private final PrintStream stdout;

    ServerProcess(ServeOptions options, Environment environment, PrintStream stdout) {
        this.options = options;
        this.source = new ModelSource(environment);
        this.stdout = stdout;
    }

    /** Called once requests are served. */
    interface ReadyAction {
        void ready(URI base) throws IOException, InterruptedException;
    }

    /** Serves until the process is asked to end; the exit code. */
    int run() throws IOException, InterruptedException {
        Shutdown shutdown = Shutdown.onSignals();
        return run(shutdown, base -> {});
    }

    /** Serves for one action only. */
    void run(ReadyAction action) throws IOException, InterruptedException {
        Shutdown shutdown = Shutdown.byHand();
        run(shutdown, base -> {
            action.ready(base);
            shutdown.ask();
        });
    }

    private int run(Shutdown shutdown, ReadyAction action) throws IOException, InterruptedException {
        // Before anything is bound: a file that is no catalogue ends the process at once.
        Path data = options.ledger.directory();
        Offer offer = Offer.read(data, options.catalogue, options.modelsDirectory);
        Listeners listeners = new Listeners();
        try (ServerMetrics metrics = new ServerMetrics();
                RequestLog log = RequestLogs.open(options, data, stdout);
                ModelStart start = ModelStart.begin(options, offer, source, metrics);
                Bookkeeping books = openBooks(listeners.add(metrics.ledger()));
                Webhooks webhooks = Webhooks.start(books.database(), books.masterKey(), InstantSource.system());
                OnceOnly once = new OnceOnly(books.database(), books.masterKey(), InstantSource.system());
                HttpServer http = bind(books, metrics)) {
            metrics.counted("carafe_request_log_lines", "Lines written to the request log.", log::written);
            metrics.counted("carafe_request_log_dropped", "Requests that are not in the request log.", log::dropped);
            listeners.add(webhooks);
            metrics.counted("carafe_webhooks_delivered", "Events that arrived at a webhook.", webhooks::delivered);
            metrics.counted("carafe_webhooks_failed", "Attempts that did not arrive.", webhooks::failed);
            metrics.live("carafe_ledger_open_holds", "Requests that hold credits.", books.ledger()::openHolds);
            metrics.live(
                    "carafe_ledger_unsettled", "Settlements that wait for the database.", books.ledger()::unsettled);
            http.logTo(log, options.logPrompts == ServeOptions.Switch.on);
            http.offer(offer.catalogue(), prices(books, offer.catalogue()), Instant.now());
            http.administer(books.acts());
            http.speak(Dialects.of(books.database(), books.ids(), books.acts(), InstantSource.system()));
            http.honour(once);
            // Before the books close: what it still computes is settled there.
            try (ModelStart.Loaded loaded = start.await()) {
                LoadedModel model = loaded.model();
                metrics.watch(loaded.name(), model.engine(), loaded.histograms());
                model.engine().start();
                http.serve(List.of(served(loaded)));
                showFirstKey(books);
                shutdown.ready();
                URI base = announce(http, loaded.name(), model);
                action.ready(base);
                return serve(http, model, shutdown);
            }
        }
    }

    private Bookkeeping openBooks(LedgerListener listener) {
        try {
            return Bookkeeping.open(
                    new BookkeepingSettings(
                            options.ledger.database(), options.ledger.masterKey(), options.door(), options.limits),
                    InstantSource.system(),
                    listener);
        } catch (IllegalArgumentException | LedgerUnavailableException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Shows the management key that a new ledger gets, once: a start that failed has not lost it. */
    private void showFirstKey(Bookkeeping books) {
        if (!options.demo) {
            // Not by the logger: a key is in no log.
            books.acts()
                    .keys()
                    .bootstrap(AdminActs.SHELL)
                    .ifPresent(key ->
                            System.err.println("carafe: management key for /admin/v1, shown this once: " + key.key()));
        }
    }

    /** The ledger's, to which the catalogue gave the first ones. */
    private PriceBook prices(Bookkeeping books, Catalogue catalogue) {
        InstantSource clock = InstantSource.system();
        LedgerPrices prices = new LedgerPrices(new Books(books.database(), books.ids(), clock));
        if (!options.demo && prices.seed(catalogue, clock) > 0) {
            books.keys().changed();
        }
        return prices;
    }

    private HttpServer bind(Bookkeeping books, ServerMetrics metrics) {
        try {
            return options.apiKeyFile == null
                    ? HttpServer.start(options.httpSettings(), books.keys(), books.admission(), metrics)
                    : HttpServer.start(
                            options.httpSettings(), ApiKeyFile.read(options.apiKeyFile), new Unmetered(), metrics);
        } catch (IllegalArgumentException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        }
    }

    private static ServedModel served(ModelStart.Loaded loaded) {
        LoadedModel model = loaded.model();
        Checkpoint checkpoint = model.checkpoint();
        return new ServedModel(
                loaded.name(),
                Instant.now(),
                model.engine(),
                model.tokenizer(),
                ChatRenderer.of(checkpoint.text(), InstantSource.system()),
                checkpoint.generation(),
                SystemFingerprint.of(
                        checkpoint.fingerprint(),
                        checkpoint.text(),
                        checkpoint.generation(),
                        model.engine().shape().name()),
                loaded.entry());
    }

    private URI announce(HttpServer http, String name, LoadedModel model) {
        String host = options.host.contains(":") ? "[" + options.host + "]" : options.host;
        String base = "http://" + host + ":" + http.port() + "/v1";
        stdout.println("ready: " + base + " model=" + name);
        stdout.flush();
        boolean chats = !model.checkpoint().text().chatTemplates().isEmpty();
        LOG.info("try it: {}", Curl.line(base, name, !http.letsAnyoneIn(), chats));
        return URI.create(base + "/");
    }

    private int serve(HttpServer http, LoadedModel model, Shutdown shutdown) throws InterruptedException {
        while (!shutdown.await(WATCH_MILLIS)) {
            if (!model.engine().isOpen()) {
                LOG.error("the engine stopped; ending, so that a supervisor starts anew");
                return CarafeCommand.EXIT_INTERNAL;
            }
        }
        Duration timeout = options.drainTimeout;
        LOG.info("draining: new requests get 503, running ones have up to {} s", timeout.toSeconds());
        if (!http.drain(timeout)) {
            LOG.warn("some requests still ran after {} s and are cancelled", timeout.toSeconds());
        }
        return CarafeCommand.EXIT_OK;
    }
}
