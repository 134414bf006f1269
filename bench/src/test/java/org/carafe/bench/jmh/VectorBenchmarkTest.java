package org.carafe.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.carafe.inference.vector.Format;
import org.carafe.inference.vector.VectorDecoder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The benchmark computes what it says, from as many bytes as it says. */
final class VectorBenchmarkTest {
    /** Of one layer: 2 x 2048 x 2048 + 2 x 512 x 2048 + 3 x 8192 x 2048 weights. */
    private static final long WEIGHTS = 60_817_408;

    @ParameterizedTest
    @CsvSource({"BF16, 121634816", "INT8, 60817408", "INT4, 38010880"})
    void aStepReadsOneLayer(Format format, long bytes) {
        VectorBenchmark benchmark = new VectorBenchmark();
        benchmark.format = format;
        benchmark.layers = 1;
        benchmark.threads = 2;
        if (format == Format.INT4 && !VectorDecoder.supports(VectorLayers.spec(1), format)) {
            assertThatThrownBy(benchmark::load).hasMessageContaining("no kernels for INT4");
            return;
        }
        benchmark.load();
        try {
            VectorBenchmark.Read read = new VectorBenchmark.Read();
            float first = benchmark.token(read);
            float second = benchmark.token(read);
            // A kernel that is compiled in between adds lanes in another order.
            assertThat(first).isFinite().isNotZero().isCloseTo(second, withinPercentage(0.001));
            assertThat(read.weights).isEqualTo(2 * WEIGHTS);
            assertThat(read.bytes).isEqualTo(2 * bytes);
        } finally {
            benchmark.close();
        }
    }
}
