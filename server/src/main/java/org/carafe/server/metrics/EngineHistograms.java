package org.carafe.server.metrics;

import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import org.carafe.inference.engine.EngineListener;

/**
 * Histograms of one model's engine. Recorded on the engine thread, which takes a few nanoseconds; read when Prometheus scrapes.
 */
public final class EngineHistograms implements EngineListener {
    private static final double NANOS = 1e-9;

    private final Labels labels;
    private final Buckets timeToFirstToken =
            new Buckets(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120);
    private final Buckets interToken =
            new Buckets(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5);
    private final Buckets queue =
            new Buckets(0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120);
    private final Buckets batch = new Buckets(1, 2, 4, 8, 16, 32, 64, 128, 256, 512);
    private final Buckets kvUse = new Buckets(0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1);
    private volatile DoubleSupplier kvUseNow = () -> 0;

    /** @param model label {@code model_name} of all of them */
    public EngineHistograms(String model) {
        labels = Labels.of("model_name", model);
    }

    /** Where the share of the KV cache in use is read, once a step. The engine that has this listener exists only afterwards. */
    public void kvUseFrom(DoubleSupplier source) {
        kvUseNow = source;
    }

    @Override
    public void step(long stepNanos, long runnerNanos, int sequences, int tokens) {
        batch.record(sequences);
        kvUse.record(kvUseNow.getAsDouble());
    }

    @Override
    public void admitted(long queueNanos) {
        queue.record(queueNanos * NANOS);
    }

    @Override
    public void firstToken(long nanos) {
        timeToFirstToken.record(nanos * NANOS);
    }

    @Override
    public void nextToken(long nanos) {
        interToken.record(nanos * NANOS);
    }

    /** All engines' histograms: one metric each, a data point for each model. */
    static MetricSnapshots collect(List<EngineHistograms> engines) {
        return MetricSnapshots.of(
                merged(
                        engines,
                        "carafe_time_to_first_token_seconds",
                        "Submission to first token.",
                        of -> of.timeToFirstToken),
                merged(engines, "carafe_inter_token_seconds", "Between two tokens of a sequence.", of -> of.interToken),
                merged(engines, "carafe_queue_seconds", "From submission to the first step.", of -> of.queue),
                merged(engines, "carafe_batch_size", "Sequences in a step.", of -> of.batch),
                merged(
                        engines,
                        "carafe_kv_cache_usage_ratio",
                        "Share of KV blocks in use, each step.",
                        of -> of.kvUse));
    }

    private static HistogramSnapshot merged(
            List<EngineHistograms> engines, String name, String help, Function<EngineHistograms, Buckets> buckets) {
        HistogramSnapshot.Builder builder =
                HistogramSnapshot.builder().name(name).help(help);
        engines.forEach(engine -> builder.dataPoint(buckets.apply(engine).snapshot(engine.labels)));
        return builder.build();
    }

    /** {@code vllm:lora_requests_info}: the gateway protocol looks for it; no adapters are served. */
    static InfoSnapshot adapters(List<EngineHistograms> engines) {
        InfoSnapshot.Builder builder =
                InfoSnapshot.builder().name("vllm:lora_requests").help("LoRA adapters; none are served.");
        for (EngineHistograms engine : engines) {
            Labels none = Labels.of("max_lora", "0", "running_lora_adapters", "", "waiting_lora_adapters", "");
            builder.dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder()
                    .labels(engine.labels.merge(none))
                    .build());
        }
        return builder.build();
    }
}
