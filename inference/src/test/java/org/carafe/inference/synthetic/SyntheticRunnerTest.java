package org.carafe.inference.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.carafe.inference.IntList;
import org.carafe.inference.runner.BatchPlan;
import org.carafe.inference.runner.RunnerException;
import org.carafe.inference.runner.StepResult;
import org.carafe.inference.sampling.SampledToken;
import org.carafe.inference.sampling.SamplingParams;
import org.carafe.inference.sampling.SamplingState;
import org.junit.jupiter.api.Test;

class SyntheticRunnerTest {
    private static final SyntheticConfig CONFIG = SyntheticConfig.of(500);

    @Test
    void theSamePromptAndSeedGiveTheSameTokens() {
        assertThat(generate(CONFIG, params(1, 7), 50)).isEqualTo(generate(CONFIG, params(1, 7), 50));
        assertThat(generate(CONFIG, params(1, 7), 50)).isNotEqualTo(generate(CONFIG, params(1, 8), 50));
        assertThat(generate(CONFIG, params(0, 7), 50)).isEqualTo(generate(CONFIG, params(0, 8), 50));
    }

    @Test
    void theEndComesAroundTheConfiguredLengthButNeverWhereItIsBanned() {
        SyntheticConfig ending = CONFIG.withEos(2, 20);
        List<Integer> tokens = generate(ending, params(0, 0), 100);

        assertThat(tokens.indexOf(2)).isBetween(10, 30);
        SamplingParams banned = new SamplingParams(0, 0, 1, 0, 1, 0, 0, Map.of(), 0, -1, Set.of(2), 60);
        assertThat(generate(ending, banned, 60)).doesNotContain(2);
        SamplingParams biased = new SamplingParams(0, 0, 1, 0, 1, 0, 0, Map.of(2, -100.0), 0, -1, Set.of(), 0);
        assertThat(generate(ending, biased, 100)).doesNotContain(2);
    }

    @Test
    void logprobsAreThoseOfADistribution() {
        SamplingParams params = new SamplingParams(0, 0, 1, 0, 1, 0, 0, Map.of(), 0, 20, Set.of(), 0);
        IntList tokens = IntList.of(1, 2, 3);
        SampledToken sampled = step(new SyntheticRunner(CONFIG), tokens, 3, params, 2)
                .sampled()
                .getFirst();

        assertThat(sampled).isNotNull();
        assertThat(sampled.logprobs()).isNotNull();
        assertThat(sampled.logprobs().tokenId()).isEqualTo(sampled.tokenId());
        double sum = sampled.logprobs().top().stream()
                .mapToDouble(alternative -> Math.exp(alternative.logprob()))
                .sum();
        assertThat(sum).isCloseTo(1, within(1e-5)).isLessThan(1);
    }

    @Test
    void promptLogprobsCoverWhatFollowsEachComputedToken() {
        IntList tokens = IntList.of(1, 2, 3);
        StepResult result = step(new SyntheticRunner(CONFIG), tokens, 3, params(0, 0), 2);

        assertThat(result.promptLogprobs().getFirst())
                .extracting(l -> l.tokenId())
                .containsExactly(2, 3);
    }

    @Test
    void aStepTakesItsTime() {
        SyntheticRunner runner = new SyntheticRunner(CONFIG.withStepMicros(3000).withPrefillTokensPerSecond(1000));
        IntList tokens = IntList.of(1, 2, 3, 4, 5);
        long start = System.nanoTime();
        step(runner, tokens, 5, params(0, 0), -1);

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(8_000_000);
    }

    @Test
    void theChosenStepFailsAndTheNextDoesNot() {
        SyntheticRunner runner = new SyntheticRunner(CONFIG.withFailedStep(2));
        IntList tokens = IntList.of(1);
        step(runner, tokens, 1, params(0, 0), -1);

        assertThatThrownBy(() -> step(runner, tokens, 1, params(0, 0), -1)).isInstanceOf(RunnerException.class);
        assertThat(step(runner, tokens, 1, params(0, 0), -1).sampled()).hasSize(1);
    }

    private static List<Integer> generate(SyntheticConfig config, SamplingParams params, int count) {
        SyntheticRunner runner = new SyntheticRunner(config);
        IntList tokens = IntList.of(5, 6, 7);
        List<Integer> generated = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            SampledToken sampled = step(runner, tokens, 3, params, -1).sampled().getFirst();
            assertThat(sampled).isNotNull();
            assertThat(sampled.tokenId()).isBetween(0, config.vocabularySize() - 1);
            generated.add(sampled.tokenId());
            tokens.add(sampled.tokenId());
        }
        return generated;
    }

    private static StepResult step(
            SyntheticRunner runner, IntList tokens, int promptTokens, SamplingParams params, int promptLogprobs) {
        SamplingState state = new SamplingState(params, tokens, promptTokens);
        return runner.step(new BatchPlan(List.of(new BatchPlan.Slice(
                tokens, 0, tokens.size(), IntList.of(0, 1, 2, 3, 4, 5, 6), state, promptLogprobs))));
    }

    private static SamplingParams params(double temperature, long seed) {
        return new SamplingParams(temperature, 0, 1, 0, 1, 0, 0, Map.of(), seed, -1, Set.of(), 0);
    }
}
