package org.carafe.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.carafe.inference.engine.Engine;
import org.carafe.inference.engine.EngineStats;

/**
 * The process's metrics. Thread-safe. Everything per token is the engine's own ({@link EngineHistograms}); here is what happens once a
 * request or once a scrape.
 */
public final class ServerMetrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final List<EngineHistograms> engines = new CopyOnWriteArrayList<>();
    // Looked up by hand: a registry builds its tags and name anew at each look.
    private final ConcurrentHashMap<RouteStatus, Timer> requests = new ConcurrentHashMap<>();

    private final List<Supplier<Number>> counts = new CopyOnWriteArrayList<>();
    private final AccountMetrics accounts = new AccountMetrics(registry);

    private final LedgerMetrics ledger = new LedgerMetrics(registry);

    private record RouteStatus(String route, String method, int status, String code) {}

    public ServerMetrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        gc.bindTo(registry);
        MultiCollector histograms = () -> EngineHistograms.collect(engines);
        registry.getPrometheusRegistry().register(histograms);
        MultiCollector adapters = () -> MetricSnapshots.of(EngineHistograms.adapters(engines));
        registry.getPrometheusRegistry().register(adapters);
    }

    /** The histograms to make an engine with. */
    public EngineHistograms listener(String model) {
        EngineHistograms histograms = new EngineHistograms(model);
        engines.add(histograms);
        return histograms;
    }

    /** Shows an engine's state; {@code histograms} is the listener it was made with. */
    public void watch(String model, Engine engine, EngineHistograms histograms) {
        histograms.kvUseFrom(() -> engine.stats().kvUse());
        Tags tags = Tags.of("model_name", model);
        Supplier<EngineStats> stats = engine::stats;
        gauge("vllm:num_requests_waiting", "Requests that wait for a place.", tags, stats, EngineStats::waiting);
        gauge("vllm:num_requests_running", "Requests that run.", tags, stats, EngineStats::running);
        gauge("vllm:kv_cache_usage_perc", "Share of the KV cache in use, 0 to 1.", tags, stats, EngineStats::kvUse);
        gauge("carafe_kv_blocks", "Blocks of the KV cache.", tags, stats, EngineStats::blocksTotal);
        gauge(
                "carafe_kv_blocks_cached",
                "Blocks that a later prompt may share.",
                tags,
                stats,
                EngineStats::blocksCached);
        counter(
                "carafe_prefix_cache_queries_tokens",
                "Prompt tokens looked up.",
                tags,
                stats,
                EngineStats::cacheQueryTokens);
        counter("carafe_prefix_cache_hits_tokens", "Prompt tokens found.", tags, stats, EngineStats::cacheHitTokens);
        counter("carafe_preemptions", "Sequences that lost their blocks.", tags, stats, EngineStats::preemptions);
        counter("carafe_prompt_tokens", "Prompt tokens admitted.", tags, stats, EngineStats::promptTokens);
        counter("carafe_generation_tokens", "Tokens generated.", tags, stats, EngineStats::generatedTokens);
        counter("carafe_failed_steps", "Steps that failed.", tags, stats, EngineStats::failedSteps);
    }

    private void gauge(
            String name, String help, Tags tags, Supplier<EngineStats> stats, ToDoubleFunction<EngineStats> value) {
        Gauge.builder(name, () -> value.applyAsDouble(stats.get()))
                .description(help)
                .tags(tags)
                .register(registry);
    }

    private void counter(
            String name, String help, Tags tags, Supplier<EngineStats> stats, ToDoubleFunction<EngineStats> value) {
        FunctionCounter.builder(name, stats, source -> value.applyAsDouble(source.get()))
                .description(help)
                .tags(tags)
                .register(registry);
    }

    /**
     * A request was answered.
     *
     * @param route its pattern, never the caller's path: labels must stay few
     * @param code of the error, or {@code none}
     */
    public void answered(String route, String method, int status, String code, long nanos) {
        requests.computeIfAbsent(new RouteStatus(route, method, status, code), this::timer)
                .record(Duration.ofNanos(nanos));
    }

    private Timer timer(RouteStatus key) {
        return Timer.builder("carafe_http_requests")
                .description("Requests by route, from their first byte to the last of the answer.")
                .tags(
                        "route",
                        key.route(),
                        "method",
                        key.method(),
                        "status",
                        Integer.toString(key.status()),
                        "code",
                        key.code())
                .serviceLevelObjectives(
                        Duration.ofMillis(5),
                        Duration.ofMillis(25),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(1))
                .register(registry);
    }

    /** Connections or requests that are there right now. */
    public void live(String name, String help, Supplier<Number> value) {
        Gauge.builder(name, value).description(help).register(registry);
    }

    /** Something counted elsewhere, that only rises. */
    public void counted(String name, String help, Supplier<Number> count) {
        // The registry itself would let go of it, and the count stand still from then on.
        counts.add(count);
        FunctionCounter.builder(name, count, source -> source.get().doubleValue())
                .description(help)
                .register(registry);
    }

    /** What accounts use. */
    public AccountMetrics accounts() {
        return accounts;
    }

    /** To be told of the ledger's transactions. */
    public LedgerMetrics ledger() {
        return ledger;
    }

    /** Prometheus's text format. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
