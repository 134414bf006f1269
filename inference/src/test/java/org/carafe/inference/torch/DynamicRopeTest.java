package org.carafe.inference.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import org.carafe.inference.runner.BatchPlan;
import org.carafe.inference.sampling.TokenLogprobs;
import org.carafe.models.architecture.ConfigReader;
import org.carafe.models.architecture.Families;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.tensor.TensorType;
import org.junit.jupiter.api.Test;

/** A model whose config.json scales dynamically, served beyond the context that it declares. */
class DynamicRopeTest {
    private static final int DECLARED = 32;
    private static final String CONFIG = """
            {"architectures": ["LlamaForCausalLM"], "hidden_size": 48, "intermediate_size": 64, "num_hidden_layers": 2,
             "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16, "vocab_size": 96,
             "max_position_embeddings": 32, "rope_scaling": {"rope_type": "dynamic", "factor": 3.0}}
            """;

    @Test
    void aPromptLongerThanDeclaredIsRotatedForTheServedContext() throws Exception {
        ModelSpec spec = Families.resolve(ConfigReader.of(
                        "config.json", JsonMapper.builder().build().readTree(CONFIG)))
                .spec();
        TorchOptions options = TorchOptions.defaults()
                .withDevice("cpu")
                .withFormat(WeightFormat.F32)
                .withKvBytes(OptionalLong.of(4 << 20))
                .withThreads(1);
        int[] tokens = new Random(7).ints(3 * DECLARED - 1, 0, 96).toArray();
        try (RandomCheckpoint weights = new RandomCheckpoint(spec, TensorType.F32, 3)) {
            try (TorchRunner unasked = TorchRunner.load(weights, options)) {
                assertThat(unasked.shape().contextTokensMax()).isEqualTo(DECLARED);
            }
            try (TorchRunner runner =
                    TorchRunner.load(weights, options.withContextTokensMax(OptionalInt.of(3 * DECLARED)))) {
                assertThat(runner.shape().contextTokensMax()).isEqualTo(3 * DECLARED);
                double[][] grown = new ReferenceModel(weights, 3 * DECLARED).logits(tokens);
                double[][] asDeclared = new ReferenceModel(weights, DECLARED).logits(tokens);
                double furthest = 0;
                Driver driver = new Driver(runner, tokens, 1, tokens.length + 1);
                List<TokenLogprobs> logprobs = runner.step(
                                new BatchPlan(List.of(driver.slice(tokens.length, Driver.reporting(96), 0))))
                        .promptLogprobs()
                        .getFirst();
                assertThat(logprobs).hasSize(tokens.length - 1);
                for (int at = 0; at < logprobs.size(); at++) {
                    double actual = logprobs.get(at).logprob();
                    assertThat(actual).isCloseTo(logprob(grown[at], tokens[at + 1]), within(2e-4));
                    furthest = Math.max(furthest, Math.abs(actual - logprob(asDeclared[at], tokens[at + 1])));
                }
                // Were the base not to grow, the check above could not fail.
                assertThat(furthest).isGreaterThan(0.01);
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
