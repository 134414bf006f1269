package org.carafe.inference.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.carafe.inference.runner.BatchPlan;
import org.carafe.inference.runner.StepResult;
import org.carafe.inference.sampling.SamplingParams;
import org.carafe.models.GoldenCheckpoints;
import org.carafe.models.checkpoint.Checkpoint;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** In float32 a request's tokens do not depend on what runs beside it, how its prompt is cut, or whether it was preempted. */
class BatchEqualityTest {
    private static final int OUTPUT = 24;
    private static final int SEQUENCES = 16;
    private static final int TOKENS_MAX = 128;

    static List<String> names() {
        return GoldenCheckpoints.NAMES;
    }

    private static TorchRunner load(Checkpoint checkpoint) {
        return TorchRunner.load(
                checkpoint,
                TorchOptions.defaults()
                        .withDevice("cpu")
                        .withFormat(WeightFormat.F32)
                        .withKvBytes(OptionalLong.of(16 << 20))
                        .withThreads(1));
    }

    @ParameterizedTest
    @MethodSource("names")
    void sixteenInRandomMixturesOfPrefillAndDecodeGetWhatEachGetsAlone(String name) {
        Random random = new Random(name.hashCode());
        try (Checkpoint checkpoint = Golden.open(name);
                TorchRunner runner = load(checkpoint)) {
            List<int[]> prompts = new ArrayList<>();
            List<int[]> alone = new ArrayList<>();
            for (int i = 0; i < SEQUENCES; i++) {
                int length = 1 + random.nextInt(90);
                prompts.add(random.ints(length, 0, checkpoint.spec().vocabularySize())
                        .toArray());
                alone.add(new Driver(runner, prompts.get(i), 0, TOKENS_MAX).greedy(length, OUTPUT));
            }
            List<Driver> together = new ArrayList<>();
            int blocks = Math.ceilDiv(TOKENS_MAX, runner.shape().blockTokens());
            for (int i = 0; i < SEQUENCES; i++) {
                together.add(new Driver(runner, prompts.get(i), i * blocks, TOKENS_MAX));
            }
            while (together.stream().anyMatch(driver -> driver.output().length < OUTPUT)) {
                stepSome(runner, together, random);
            }
            for (int i = 0; i < SEQUENCES; i++) {
                assertThat(together.get(i).output()).as("sequence %d", i).isEqualTo(alone.get(i));
            }
        }
    }

    /** Decodes first, then chunks of prompts, as the scheduler orders them; now and then one loses its memory. */
    private static void stepSome(TorchRunner runner, List<Driver> drivers, Random random) {
        List<Driver> chosen = new ArrayList<>();
        List<BatchPlan.Slice> slices = new ArrayList<>();
        for (boolean decode : new boolean[] {true, false}) {
            for (Driver driver : drivers) {
                if (driver.output().length < OUTPUT && (driver.left() == 1) == decode && random.nextInt(4) > 0) {
                    if (random.nextInt(40) == 0) {
                        driver.forget();
                        continue;
                    }
                    int count = Math.min(driver.left(), 1 + random.nextInt(40));
                    chosen.add(driver);
                    slices.add(driver.slice(count, SamplingParams.greedy(), -1));
                }
            }
        }
        if (slices.isEmpty()) {
            return;
        }
        StepResult result = runner.step(new BatchPlan(slices));
        for (int i = 0; i < chosen.size(); i++) {
            chosen.get(i).accept(slices.get(i).count(), result.sampled().get(i));
        }
    }
}
