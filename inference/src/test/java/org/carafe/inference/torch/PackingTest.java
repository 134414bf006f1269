package org.carafe.inference.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.carafe.inference.runner.BatchPlan;
import org.carafe.inference.runner.StepResult;
import org.carafe.models.checkpoint.Checkpoint;
import org.junit.jupiter.api.Test;

/** Packed weights compute what mapped ones do, come when a few rows are computed step after step, and go with single rows. */
class PackingTest {
    private static final int SEQUENCES = 6;
    private static final int STEPS = 12;
    private static final TorchOptions OPTIONS = TorchOptions.defaults()
            .withDevice("cpu")
            .withFormat(WeightFormat.BF16)
            .withKvBytes(OptionalLong.of(8 << 20))
            .withThreads(1);

    /** Log-probabilities of the best tokens, sequence by sequence and step by step; inputs are given, so that runs compare. */
    private static List<Float> batch(TorchRunner runner, int vocabulary) {
        Random random = new Random(4);
        List<Driver> drivers = new ArrayList<>();
        for (int i = 0; i < SEQUENCES; i++) {
            drivers.add(new Driver(runner, random.ints(STEPS, 0, vocabulary).toArray(), 4 * i, STEPS + 1));
        }
        List<Float> logprobs = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            StepResult result = runner.step(new BatchPlan(drivers.stream()
                    .map(driver -> driver.slice(1, Driver.reporting(0), 0))
                    .toList()));
            drivers.forEach(driver -> driver.accept(1, null));
            result.promptLogprobs().forEach(row -> row.forEach(entry -> logprobs.add(entry.logprob())));
        }
        return logprobs;
    }

    @Test
    void packedWeightsComputeWhatMappedOnesDo() {
        for (String name : List.of("llama31-tied", "mixtral")) {
            List<Float> unpacked;
            try (Checkpoint inMemory = new RoundedCheckpoint(Golden.open(name));
                    TorchRunner runner = TorchRunner.load(inMemory, OPTIONS)) {
                unpacked = batch(runner, inMemory.spec().vocabularySize());
                assertThat(runner.packedLinears()).isZero();
            }
            try (Checkpoint mapped = RoundedCheckpoint.mapped(Golden.open(name));
                    TorchRunner runner = TorchRunner.load(mapped, OPTIONS)) {
                List<Float> before = batch(runner, mapped.spec().vocabularySize());
                assertThat(runner.packedLinears()).isPositive();
                List<Float> after = batch(runner, mapped.spec().vocabularySize());
                for (int i = 0; i < unpacked.size(); i++) {
                    assertThat(before.get(i)).isCloseTo(unpacked.get(i), within(0.3f));
                    assertThat(after.get(i)).isCloseTo(unpacked.get(i), within(0.3f));
                }
                new Driver(runner, new int[] {1, 2, 3}, 0, 40).greedy(3, 30);
                assertThat(runner.packedLinears()).isZero();
            }
        }
    }
}
