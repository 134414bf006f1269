package org.carafe.server.cli;

import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.carafe.inference.runner.RunnerException;
import org.carafe.server.catalogue.CatalogueModel;
import org.carafe.server.console.Progress;
import org.carafe.server.loading.LoadedModel;
import org.carafe.server.loading.ModelLoader;
import org.carafe.server.loading.RunnerChoice;
import org.carafe.server.metrics.EngineHistograms;
import org.carafe.server.metrics.ServerMetrics;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the model that is served. What is on this machine loads while the rest of the server starts; what must be downloaded first waits
 * until that has started. Closing it gives up a loading that nobody took. Used by one thread.
 */
final class ModelStart implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelStart.class);
    private static final Executor LOADER =
            loading -> Thread.ofPlatform().daemon().name("model-loader").start(loading);

    private final ServeOptions options;
    private final Offer offer;
    private final ModelSource source;
    private final ServerMetrics metrics;
    private @Nullable Loading loading;
    private volatile boolean givenUp;
    /** What shows the loading, from when somebody waits for it: before that, others write to the terminal. */
    private volatile @Nullable Progress bar;

    private record Loading(
            ModelSource.Found found,
            String name,
            @Nullable CatalogueModel entry,
            EngineHistograms histograms,
            CompletableFuture<Timed> model) {}

    private record Timed(LoadedModel model, long millis) {}

    /**
     * A model to serve.
     *
     * @param name that requests use
     */
    record Loaded(String name, @Nullable CatalogueModel entry, EngineHistograms histograms, LoadedModel model)
            implements AutoCloseable {
        @Override
        public void close() {
            model.close();
        }
    }

    private ModelStart(ServeOptions options, Offer offer, ModelSource source, ServerMetrics metrics) {
        this.options = options;
        this.offer = offer;
        this.source = source;
        this.metrics = metrics;
    }

    /** Begins to load what is on this machine. */
    static ModelStart begin(ServeOptions options, Offer offer, ModelSource source, ServerMetrics metrics) {
        ModelStart start = new ModelStart(options, offer, source, metrics);
        start.source.here(start.asked(), start.needsWeights()).ifPresent(start::load);
        return start;
    }

    private @Nullable String asked() {
        return offer.checkpointOf(options.model);
    }

    private boolean needsWeights() {
        return !options.demo && options.runner != RunnerChoice.synthetic;
    }

    /**
     * The model, once it is loaded; to be closed by whoever asks.
     *
     * @throws UserException it cannot be had
     */
    Loaded await() throws InterruptedException {
        Loading begun = loading;
        if (begun == null) {
            begun = load(source.find(asked(), needsWeights()));
        }
        // Only now: a start that is refused says why, and nothing else.
        LOG.info("loading {}", begun.found.path());
        try (Progress shown = Progress.of("load", Progress.Unit.BYTES, 0)) {
            bar = shown;
            Timed timed = begun.model.join();
            loading = null;
            LoadedModel model = timed.model();
            LOG.info(
                    "loaded in {} ms: {}, context of {} tokens",
                    timed.millis(),
                    model.engine().shape().name(),
                    model.engine().contextTokensMax());
            return new Loaded(begun.name, begun.entry, begun.histograms, model);
        } catch (CompletionException e) {
            loading = null;
            if (e.getCause() instanceof RunnerException refused) {
                throw new UserException(String.valueOf(refused.getMessage()), refused);
            }
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        } finally {
            bar = null;
        }
    }

    private Loading load(ModelSource.Found found) {
        Optional<CatalogueModel> entry = offer.entryOf(options.servedName, found, asked());
        String name =
                entry.map(CatalogueModel::id).orElse(options.servedName == null ? found.name() : options.servedName);
        EngineHistograms histograms = metrics.listener(name);
        Loading begun = new Loading(
                found,
                name,
                entry.orElse(null),
                histograms,
                CompletableFuture.supplyAsync(() -> load(found, histograms), LOADER));
        loading = begun;
        return begun;
    }

    private Timed load(ModelSource.Found found, EngineHistograms histograms) {
        long started = System.nanoTime();
        LoadedModel model = ModelLoader.load(found.path(), options.modelSettings(), histograms, this::at);
        return new Timed(model, (System.nanoTime() - started) / 1_000_000);
    }

    private void at(long bytes, long bytesTotal) {
        if (givenUp) {
            throw new CancellationException("nobody needs the model any more");
        }
        Progress shown = bar;
        if (shown != null) {
            shown.at(bytes, bytesTotal);
        }
    }

    /**
     * Ends the loading at the next weight. Does not wait for that, so that the user reads at once why there is no start; a process that
     * ends does, for ten seconds at most.
     */
    @Override
    public void close() {
        givenUp = true;
        Loading begun = loading;
        if (begun != null) {
            CompletableFuture<Void> _ =
                    begun.model.thenAccept(timed -> timed.model().close());
        }
    }
}
