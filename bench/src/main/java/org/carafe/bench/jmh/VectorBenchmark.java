package org.carafe.bench.jmh;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.carafe.inference.vector.Format;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One token through layers of Llama 3.2 1B's shapes, more of them than caches hold: the matrix kernels as they are used, by a crew of
 * threads. Beside tokens, counters tell weights and bytes a second, which stand for the kernels' figures in docs/performance.md.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class VectorBenchmark {
    @Param
    public Format format = Format.BF16;

    @Param({"1", "2"})
    public int threads = 1;

    /** 60.8 million weights each: 38 MB in 4 bits, 122 MB in bf16. */
    @Param("6")
    public int layers = 6;

    private @Nullable VectorLayers model;

    /** What an iteration read; JMH divides by its seconds. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Read {
        public long weights;
        public long bytes;
    }

    @Setup
    public void load() {
        model = new VectorLayers(format, layers, threads);
    }

    @TearDown
    public void close() {
        Objects.requireNonNull(model).close();
    }

    @Benchmark
    public float token(Read read) {
        VectorLayers loaded = Objects.requireNonNull(model);
        read.weights += loaded.weights();
        read.bytes += loaded.bytes();
        return loaded.step();
    }
}
