package org.carafe.inference.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.carafe.models.GoldenCheckpoints;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.checkpoint.Checkpoint;
import org.carafe.models.tensor.TensorType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the sizing of the KV cache takes for the weights is what PyTorch then holds, to the byte. */
class WeightSizeTest {
    private static final TorchOptions OPTIONS = TorchOptions.defaults()
            .withDevice("cpu")
            .withKvBytes(OptionalLong.of(8 << 20))
            .withThreads(1);

    private static void assertCounted(Checkpoint checkpoint, WeightFormat format, SoloDecoder.Preparer preparer) {
        try (TorchRunner runner = TorchRunner.load(checkpoint, OPTIONS.withFormat(format), preparer)) {
            assertThat(runner.shape().weightBytes())
                    .as("%s %s", checkpoint.spec(), format)
                    .isEqualTo(runner.weightBytesHeld());
        }
    }

    static Stream<String> models() {
        return GoldenCheckpoints.NAMES.stream();
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyModelInEveryFormat(String name) {
        for (WeightFormat format : WeightFormat.values()) {
            try (Checkpoint plain = Golden.open(name);
                    Checkpoint narrow = new RoundedCheckpoint(Golden.open(name))) {
                for (Checkpoint checkpoint : List.of(plain, narrow)) {
                    assertCounted(checkpoint, format, SoloDecoder::prepare);
                    assertCounted(checkpoint, format, (spec, weights, device) -> null);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(WeightFormat.class)
    void everySettingAndShapesThatTheKernelsDoNotTake(WeightFormat format) {
        for (ModelSpec spec : Specs.all().values()) {
            try (RandomCheckpoint weights = new RandomCheckpoint(spec, TensorType.BF16, 3)) {
                assertCounted(weights, format, SoloDecoder::prepare);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"INT8", "INT4"})
    void javasOwnLayoutCountsWhereJavaDecodesAlone(WeightFormat format) {
        List<Long> sizes = new ArrayList<>();
        for (SoloDecoder.Preparer preparer :
                List.<SoloDecoder.Preparer>of(SoloDecoder::prepare, (spec, weights, device) -> null)) {
            try (Checkpoint checkpoint = Golden.open("llama2-untied");
                    TorchRunner runner = TorchRunner.load(checkpoint, OPTIONS.withFormat(format), preparer)) {
                sizes.add(runner.shape().weightBytes());
                if (format == WeightFormat.INT4 && sizes.size() == 1 && !runner.decodesAlone()) {
                    return; // no 512-bit vectors: there is no such layout
                }
            }
        }
        if (format == WeightFormat.INT4) {
            assertThat(sizes.getFirst()).isGreaterThan(sizes.getLast());
        } else {
            assertThat(sizes.getFirst()).isEqualTo(sizes.getLast());
        }
    }
}
