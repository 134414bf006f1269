package org.carafe.inference.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.carafe.inference.IntList;
import org.carafe.inference.runner.BatchPlan;
import org.carafe.inference.runner.RunnerException;
import org.carafe.inference.runner.StepResult;
import org.carafe.inference.sampling.SampledToken;
import org.carafe.inference.sampling.SamplingParams;
import org.carafe.inference.sampling.SamplingState;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.architecture.TensorNames;
import org.carafe.models.checkpoint.Checkpoint;
import org.carafe.models.tensor.Tensor;
import org.carafe.models.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes wrong stays where it went wrong, and nothing is left behind by any number of steps. */
class FailureTest {
    private static final ModelSpec SPEC = Specs.all().get("gemma3");
    private static final TorchOptions OPTIONS = TorchOptions.defaults()
            .withDevice("cpu")
            .withFormat(WeightFormat.F32)
            .withKvBytes(OptionalLong.of(4 << 20))
            .withThreads(1);

    @Test
    void aFailedStepThrowsAndTheNextOneWorks() {
        try (RandomCheckpoint weights = new RandomCheckpoint(SPEC, TensorType.F32, 1);
                TorchRunner runner = TorchRunner.load(weights, OPTIONS)) {
            int[] prompt = {1, 2, 3, 4, 5};
            int[] expected = new Driver(runner, prompt, 0, 64).greedy(5, 20);
            BatchPlan.Slice outside = new BatchPlan.Slice(
                    IntList.of(SPEC.vocabularySize() + 7, 1),
                    0,
                    2,
                    IntList.of(0),
                    new SamplingState(SamplingParams.greedy(), IntList.of(1, 1), 2),
                    -1);
            assertThatThrownBy(() -> runner.step(new BatchPlan(List.of(outside))))
                    .isInstanceOf(RunnerException.class)
                    .message()
                    .startsWith("PyTorch: ")
                    .doesNotContain("\n");
            assertThat(new Driver(runner, prompt, 0, 64).greedy(5, 20)).isEqualTo(expected);
        }
    }

    @Test
    void aSequenceWhoseLogitsAreNoNumbersIsToldSoAndSpoilsNeitherItsNeighboursNorItsBlocks() {
        int poison = 9;
        try (RandomCheckpoint weights = new RandomCheckpoint(untied(), TensorType.F32, 1);
                TorchRunner clean = TorchRunner.load(weights, OPTIONS)) {
            int[] expected = new Driver(clean, new int[] {3, 4, 5}, 0, 64).greedy(3, 30);
            weights.spoil(TensorNames.EMBEDDING, (long) poison * SPEC.hiddenSize(), Float.NaN);
            // Its blocks now hold NaN; the next owners of the same blocks, alone and in a batch, must not see it.
            Driver spoiled = new Driver(clean, new int[] {poison, poison, poison}, 0, 64);
            StepResult result = clean.step(new BatchPlan(List.of(spoiled.slice(3, SamplingParams.greedy(), -1))));
            assertThat(result.sampled().getFirst()).isEqualTo(SampledToken.INVALID);
            Driver other = new Driver(clean, new int[] {7}, 20, 64);
            Driver next = new Driver(clean, new int[] {3, 4, 5}, 0, 64);
            while (next.output().length < 30) {
                int count = next.left();
                result = clean.step(new BatchPlan(List.of(
                        next.slice(count, SamplingParams.greedy(), -1), other.slice(1, SamplingParams.greedy(), -1))));
                next.accept(count, result.sampled().get(0));
                other.accept(1, result.sampled().get(1));
            }
            assertThat(next.output()).isEqualTo(expected);
        }
    }

    /** Where the head is not the embedding, one token's embedding can be spoiled without spoiling every logit. */
    static ModelSpec untied() {
        return new ModelSpec(
                "Test",
                SPEC.hiddenSize(),
                SPEC.vocabularySize(),
                SPEC.contextTokensMax(),
                SPEC.embeddingScale(),
                SPEC.norm(),
                SPEC.layers(),
                0,
                false);
    }

    @Test
    void memoryStaysFlatOverManySteps() throws IOException, InterruptedException {
        // In a process of its own with a heap that is resident from the start and a compiler that keeps nothing: what
        // grows there is native memory.
        Process probe = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms48m",
                        "-Xmx48m",
                        "-XX:+AlwaysPreTouch",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LeakProbe.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String told = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(probe.waitFor()).isZero();
        // A leaked KiB a step would be 1.5 MiB.
        assertThat(Long.parseLong(told.strip().lines().toList().getLast())).isLessThan(1 << 20);
    }

    @Test
    void tooLittleMemoryNamesBothFigures() {
        try (RandomCheckpoint weights = new RandomCheckpoint(SPEC, TensorType.F32, 1)) {
            assertThatThrownBy(() -> TorchRunner.load(weights, OPTIONS.withKvBytes(OptionalLong.of(1L << 50))))
                    .isInstanceOf(RunnerException.class)
                    .hasMessageMatching(
                            "not enough memory: the weights take [\\d.]+ GiB and the KV cache 1048576.000 GiB .* but [\\d.]+ GiB are available");
        }
    }

    @Test
    void anUnknownDeviceIsNamed() {
        try (RandomCheckpoint weights = new RandomCheckpoint(SPEC, TensorType.F32, 1)) {
            assertThatThrownBy(() -> TorchRunner.load(weights, OPTIONS.withDevice("cuda:77")))
                    .isInstanceOf(RunnerException.class)
                    .hasMessageContaining("cuda:77");
            assertThatThrownBy(() -> TorchRunner.load(weights, OPTIONS.withDevice("tpu")))
                    .isInstanceOf(RunnerException.class)
                    .hasMessageContaining("tpu");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void aCheckpointThatIsClosedTooEarlyEndsStepsAndNotTheProcess(WeightFormat format) {
        Checkpoint golden = Golden.open("llama2-untied");
        Checkpoint mapped = format == WeightFormat.F32 ? golden : RoundedCheckpoint.mapped(golden);
        try (TorchRunner runner = TorchRunner.load(mapped, OPTIONS.withFormat(format))) {
            assertThat(new Driver(runner, new int[] {1, 2, 3}, 0, 64).greedy(3, 2))
                    .hasSize(2);
            mapped.close();
            for (int count : new int[] {1, 3}) {
                assertThatThrownBy(() -> new Driver(runner, new int[] {1, 2, 3}, 0, 64).greedy(count, 2))
                        .isInstanceOf(RunnerException.class)
                        .hasMessage("the checkpoint was closed before its runner");
            }
        }
    }

    @Test
    void whatComesInPartsIsCopiedByTheProgramHoweverSmallItsFileIs() {
        List<Long> shape = List.of(128_256L, 8192L);
        Tensor small = tensor(TensorType.Q4_0, List.of(1024L, 8192L));
        Tensor large = tensor(TensorType.Q4_0, shape);
        assertThat(large.data().byteSize()).isLessThan(1L << 30);

        assertThat(WeightLoader.isCopied(small, WeightFormat.BF16)).isFalse();
        // Two parts of dequantized rows: memory for both, and for what they are joined to, would stay.
        assertThat(WeightLoader.isCopied(large, WeightFormat.BF16)).isTrue();
        assertThat(WeightLoader.isCopied(tensor(TensorType.BF16, shape), WeightFormat.BF16))
                .isTrue();
        assertThat(WeightLoader.isCopied(tensor(TensorType.F16, List.of(32L, 32L)), WeightFormat.BF16))
                .isTrue();
        // Few rows, each of them wide: one part, however many bytes.
        assertThat(WeightLoader.isCopied(tensor(TensorType.BF16, List.of(64L, 1L << 24)), WeightFormat.BF16))
                .isFalse();
    }

    /** Of an address space that nobody reads. */
    @SuppressWarnings("restricted")
    private static Tensor tensor(TensorType type, List<Long> shape) {
        return new Tensor("weight", type, shape, MemorySegment.NULL.reinterpret(type.bytes(Tensor.elements(shape))));
    }

    @Test
    void shapeTellsWhatWasLoaded() {
        try (RandomCheckpoint weights = new RandomCheckpoint(SPEC, TensorType.BF16, 1);
                TorchRunner runner =
                        TorchRunner.load(weights, OPTIONS.withFormat(null).withContextTokensMax(OptionalInt.of(100)))) {
            assertThat(runner.shape().name()).isEqualTo("torch-cpu-bf16");
            assertThat(runner.shape().contextTokensMax()).isEqualTo(100);
            assertThat(runner.shape().kvBytes()).isBetween((4L << 20) - (1 << 15), 4L << 20);
            assertThat(runner.shape().weightBytes()).isEqualTo(runner.weightBytesHeld());
        }
    }
}
