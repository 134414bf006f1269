package org.carafe.inference.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.OptionalLong;
import org.carafe.inference.runner.BatchPlan;
import org.carafe.inference.runner.StepResult;
import org.carafe.inference.sampling.TokenLogprobs;
import org.carafe.models.checkpoint.Checkpoint;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole models in float32 against the float64 reference. */
class GoldenModelsTest {
    private static final TorchOptions F32 = TorchOptions.defaults()
            .withDevice("cpu")
            .withFormat(WeightFormat.F32)
            .withKvBytes(OptionalLong.of(8 << 20))
            .withThreads(1);
    private static final double LOGIT_TOLERANCE = 1e-3;

    static List<String> names() {
        return org.carafe.models.GoldenCheckpoints.NAMES;
    }

    @ParameterizedTest
    @MethodSource("names")
    void generatesTheReferencesTokens(String name) {
        try (Checkpoint checkpoint = Golden.open(name);
                TorchRunner runner = TorchRunner.load(checkpoint, F32)) {
            for (Golden.Case expected : Golden.read(name).cases()) {
                Driver driver = new Driver(runner, expected.prompt(), 3, 200);
                assertThat(driver.greedy(expected.prompt().length, expected.greedy().length))
                        .isEqualTo(expected.greedy());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void logitsAndPromptLogprobsAreTheReferences(String name) {
        try (Checkpoint checkpoint = Golden.open(name);
                TorchRunner runner = TorchRunner.load(checkpoint, F32)) {
            int vocabulary = checkpoint.spec().vocabularySize();
            for (Golden.Case expected : Golden.read(name).cases()) {
                int count = expected.prompt().length;
                Driver driver = new Driver(runner, expected.prompt(), 0, 200);
                StepResult result =
                        runner.step(new BatchPlan(List.of(driver.slice(count, Driver.reporting(vocabulary), 0))));
                TokenLogprobs sampled = result.sampled().getFirst().logprobs();
                double normalizer = logSumExp(expected.lastLogits());
                assertThat(sampled.top()).hasSize(vocabulary);
                for (TokenLogprobs.Alternative a : sampled.top()) {
                    assertThat(a.logprob() + normalizer)
                            .isCloseTo(expected.lastLogits()[a.tokenId()], within(LOGIT_TOLERANCE));
                }
                List<TokenLogprobs> prompt = result.promptLogprobs().getFirst();
                assertThat(prompt).hasSize(count - 1);
                for (int i = 0; i < prompt.size(); i++) {
                    assertThat(prompt.get(i).tokenId()).isEqualTo(expected.prompt()[i + 1]);
                    assertThat((double) prompt.get(i).logprob())
                            .isCloseTo(expected.promptLogprobs()[i], within(LOGIT_TOLERANCE));
                }
            }
        }
    }

    private static double logSumExp(float[] logits) {
        double sum = 0;
        for (float x : logits) {
            sum += Math.exp(x);
        }
        return Math.log(sum);
    }
}
