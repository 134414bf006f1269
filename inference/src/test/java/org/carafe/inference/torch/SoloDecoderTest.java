package org.carafe.inference.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.carafe.inference.runner.BatchPlan;
import org.carafe.inference.runner.StepResult;
import org.carafe.inference.sampling.SampledToken;
import org.carafe.inference.sampling.SamplingParams;
import org.carafe.inference.sampling.TokenLogprobs;
import org.carafe.models.GoldenCheckpoints;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.architecture.TensorNames;
import org.carafe.models.checkpoint.Checkpoint;
import org.carafe.models.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** One token at a time by the Vector API, against the program over the whole sequence. */
class SoloDecoderTest {
    private static final int PREFIX = 5;

    /** Where a router's two best experts are nearly equal a rounding chooses, and a place or two differ much. */
    private static final double ROUTED_MEAN_MAX = 0.03;

    static Stream<Arguments> familiesAndFormats() {
        return GoldenCheckpoints.NAMES.stream()
                .flatMap(name -> Stream.of(WeightFormat.BF16, WeightFormat.INT8, WeightFormat.INT4)
                        .map(format -> Arguments.of(name, format)));
    }

    private static TorchRunner load(Checkpoint checkpoint, WeightFormat format) {
        return TorchRunner.load(
                checkpoint,
                TorchOptions.defaults()
                        .withDevice("cpu")
                        .withFormat(format)
                        .withKvBytes(OptionalLong.of(8 << 20))
                        .withThreads(2));
    }

    @ParameterizedTest
    @MethodSource("familiesAndFormats")
    void distributionsAreThoseOfTheProgram(String name, WeightFormat format) {
        int[] sequence = NarrowFormatsTest.sequences(name).getLast();
        assertThat(sequence.length).isGreaterThan(PREFIX);
        try (Checkpoint checkpoint = Golden.open(name);
                TorchRunner runner = load(checkpoint, format)) {
            assertThat(runner.decodesAlone()).isTrue();
            int vocabulary = runner.shape().vocabularySize();
            Driver whole = new Driver(runner, sequence, 0, sequence.length + 1);
            List<TokenLogprobs> expected = runner.step(
                            new BatchPlan(List.of(whole.slice(sequence.length, Driver.reporting(0), vocabulary))))
                    .promptLogprobs()
                    .getFirst();

            int blocks = whole.blocks.size();
            Driver alone = new Driver(runner, Arrays.copyOf(sequence, PREFIX), blocks, sequence.length + 1);
            runner.step(new BatchPlan(List.of(alone.slice(PREFIX, SamplingParams.greedy(), -1))));
            alone.accept(PREFIX, null);
            List<Double> divergences = new ArrayList<>();
            for (int i = PREFIX; i < sequence.length - 1; i++) {
                alone.tokens.add(sequence[i]);
                SampledToken sampled = runner.step(
                                new BatchPlan(List.of(alone.slice(1, Driver.reporting(vocabulary), -1))))
                        .sampled()
                        .getFirst();
                assertThat(sampled).isNotNull();
                alone.accept(1, null);
                divergences.add(divergence(
                        byId(expected.get(i), vocabulary),
                        byId(Objects.requireNonNull(sampled.logprobs()), vocabulary)));
            }
            Collections.sort(divergences);
            double limit = format == WeightFormat.INT4 ? 0.01 : 0.004;
            assertThat(divergences.get(divergences.size() / 2)).as("median").isBetween(-1e-5, limit);
            assertThat(divergences.stream().mapToDouble(d -> d).average().orElseThrow())
                    .as("mean")
                    .isBetween(-1e-5, name.equals("mixtral") ? ROUTED_MEAN_MAX : limit);
        }
    }

    @Test
    void kernelsThatDoNotStartLeaveTheirStepsToPyTorchAndALineSaysSo() {
        Logger logger = (Logger) LoggerFactory.getLogger(SoloDecoder.class);
        ListAppender<ILoggingEvent> told = new ListAppender<>();
        told.start();
        logger.addAppender(told);
        CompletableFuture<Void> failure = CompletableFuture.runAsync(() -> {
            throw new IllegalStateException("no such instruction");
        });
        TorchOptions options = TorchOptions.defaults()
                .withDevice("cpu")
                .withFormat(WeightFormat.BF16)
                .withKvBytes(OptionalLong.of(8 << 20))
                .withThreads(1);
        int[] prompt = {1, 2, 3};
        try (Checkpoint checkpoint = Golden.open("llama2-untied");
                TorchRunner left = TorchRunner.load(
                        checkpoint, options, (spec, format, device) -> new SoloDecoder.Preparation(failure));
                TorchRunner never = TorchRunner.load(checkpoint, options, (spec, format, device) -> null)) {
            assertThat(left.decodesAlone()).isFalse();
            assertThat(new Driver(left, prompt, 0, 32).greedy(3, 12))
                    .isEqualTo(new Driver(never, prompt, 0, 32).greedy(3, 12));
        } finally {
            logger.detachAppender(told);
        }
        assertThat(told.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.WARN);
            assertThat(event.getFormattedMessage())
                    .contains("decoded by PyTorch", "no such instruction")
                    .doesNotContain("\n");
            assertThat(event.getThrowableProxy()).isNull();
        });
    }

    @Test
    void aJvmThatIsBrokenIsNotMistakenForAKernelThatDoesNotStart() {
        SoloDecoder.Preparation broken =
                new SoloDecoder.Preparation(CompletableFuture.failedFuture(new InternalError("broken")));
        try (Checkpoint checkpoint = Golden.open("llama2-untied")) {
            assertThatThrownBy(() -> TorchRunner.load(
                            checkpoint,
                            TorchOptions.defaults().withDevice("cpu").withKvBytes(OptionalLong.of(8 << 20)),
                            (spec, format, device) -> broken))
                    .isInstanceOf(InternalError.class)
                    .hasMessage("broken");
        }
    }

    @Test
    void aBlockThatADecodeBeginsHoldsNothingOfItsLastOwner() {
        int poison = 9;
        ModelSpec spec = FailureTest.untied();
        try (RandomCheckpoint weights = new RandomCheckpoint(spec, TensorType.BF16, 1);
                TorchRunner runner = load(weights, WeightFormat.BF16)) {
            assertThat(runner.decodesAlone()).isTrue();
            weights.spoil(TensorNames.EMBEDDING, (long) poison * spec.hiddenSize(), Float.NaN);
            int blockTokens = runner.shape().blockTokens();
            int[] poisons = new int[4 * blockTokens];
            Arrays.fill(poisons, poison);
            Driver spoiled = new Driver(runner, poisons, 0, poisons.length + 1);
            StepResult result =
                    runner.step(new BatchPlan(List.of(spoiled.slice(poisons.length, SamplingParams.greedy(), -1))));
            assertThat(result.sampled().getFirst()).isEqualTo(SampledToken.INVALID);

            // Alone it begins its second block; beside a longer one the rest of that block is read.
            Driver next = new Driver(runner, new int[] {3, 4, 5}, 0, 4 * blockTokens);
            next.greedy(3, blockTokens);
            assertThat(next.tokens.size()).isGreaterThan(blockTokens + 1);
            Driver longer = new Driver(runner, new int[3 * blockTokens], 8, 4 * blockTokens);
            longer.greedy(3 * blockTokens, 1);
            result = runner.step(new BatchPlan(
                    List.of(next.slice(1, SamplingParams.greedy(), -1), longer.slice(1, SamplingParams.greedy(), -1))));
            assertThat(result.sampled()).allMatch(SampledToken::isValid);
        }
    }

    @Test
    void aTokenWhoseLogitsAreNoNumbersIsToldSo() {
        int poison = 9;
        ModelSpec spec = FailureTest.untied();
        try (RandomCheckpoint weights = new RandomCheckpoint(spec, TensorType.BF16, 1);
                TorchRunner runner = load(weights, WeightFormat.BF16)) {
            weights.spoil(TensorNames.EMBEDDING, (long) poison * spec.hiddenSize(), Float.NaN);
            Driver alone = new Driver(runner, new int[] {poison}, 0, 8);
            StepResult result = runner.step(new BatchPlan(List.of(alone.slice(1, SamplingParams.greedy(), -1))));
            assertThat(result.sampled().getFirst()).isEqualTo(SampledToken.INVALID);
        }
    }

    private static float[] byId(TokenLogprobs row, int vocabulary) {
        float[] byId = new float[vocabulary];
        row.top().forEach(a -> byId[a.tokenId()] = a.logprob());
        return byId;
    }

    private static double divergence(float[] expected, float[] got) {
        double sum = 0;
        for (int i = 0; i < expected.length; i++) {
            sum += Math.exp(expected[i]) * (expected[i] - got[i]);
        }
        return sum;
    }
}
