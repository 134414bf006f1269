package org.carafe.inference.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.carafe.inference.runner.BatchPlan;
import org.carafe.inference.runner.StepResult;
import org.carafe.inference.sampling.TokenLogprobs;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.tensor.TensorType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every setting of a model spec, in whole models of random weights, against float64 loops. */
class SettingsTest {
    private static final Map<String, ModelSpec> SPECS = Specs.all();
    private static final int TOKENS = 70;

    static Set<String> names() {
        return SPECS.keySet();
    }

    @ParameterizedTest
    @MethodSource("names")
    void logprobsOfAPromptInChunksAreTheReferences(String name) {
        ModelSpec spec = SPECS.get(name);
        int[] tokens = new Random(5).ints(TOKENS, 0, spec.vocabularySize()).toArray();
        TorchOptions options = TorchOptions.defaults()
                .withDevice("cpu")
                .withFormat(WeightFormat.F32)
                .withKvBytes(OptionalLong.of(4 << 20))
                .withThreads(1);
        try (RandomCheckpoint weights = new RandomCheckpoint(spec, TensorType.F32, 11);
                TorchRunner runner = TorchRunner.load(weights, options)) {
            double[][] expected = new ReferenceModel(weights, spec.contextTokensMax()).logits(tokens);
            for (int chunk : new int[] {TOKENS, 23, 1}) {
                Driver driver = new Driver(runner, tokens, 1, TOKENS + 1);
                int at = 0;
                while (at < TOKENS) {
                    int count = Math.min(chunk, TOKENS - at);
                    StepResult result = runner.step(
                            new BatchPlan(List.of(driver.slice(count, Driver.reporting(spec.vocabularySize()), 0))));
                    for (TokenLogprobs logprob : result.promptLogprobs().getFirst()) {
                        assertThat(logprob.tokenId()).isEqualTo(tokens[at + 1]);
                        assertThat((double) logprob.logprob())
                                .as("%s, position %d, chunks of %d", name, at, chunk)
                                .isCloseTo(logprob(expected[at], tokens[at + 1]), within(2e-4));
                        at++;
                    }
                    if (at + 1 == TOKENS && result.sampled().getFirst() != null) {
                        TokenLogprobs last = result.sampled().getFirst().logprobs();
                        for (TokenLogprobs.Alternative a : last.top()) {
                            assertThat((double) a.logprob())
                                    .isCloseTo(logprob(expected[at], a.tokenId()), within(2e-4));
                        }
                        at++;
                    }
                    driver.accept(count, null);
                }
            }
        }
    }

    private static double logprob(double[] logits, int token) {
        double sum = 0;
        for (double x : logits) {
            sum += Math.exp(x);
        }
        return logits[token] - Math.log(sum);
    }
}
