package org.carafe.inference.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.carafe.inference.IntList;
import org.junit.jupiter.api.Test;

class SamplerTest {
    @Test
    void everyChoiceEqualsThatOfASortedReference() {
        Random random = new Random(7);
        for (int round = 0; round < 3000; round++) {
            int vocabulary = 1 + random.nextInt(round % 10 == 0 ? 5000 : 200);
            float[] logits = RandomLogits.row(random, vocabulary);
            SamplingParams params = RandomLogits.params(random, vocabulary);
            IntList tokens = RandomLogits.tokens(random, vocabulary);
            SamplingState state = new SamplingState(params, tokens, 1 + random.nextInt(tokens.size()));

            SampledToken sampled = new Sampler(vocabulary).sample(MemorySegment.ofArray(logits), state);

            assertThat(sampled.tokenId())
                    .as("round %d, vocabulary %d, %s", round, vocabulary, params)
                    .isEqualTo(NaiveSampler.choose(logits, state));
        }
    }

    @Test
    void aRowThatIsNoDistributionYieldsNoToken() {
        SamplingState state = new SamplingState(SamplingParams.greedy(), IntList.of(1), 1);
        Sampler sampler = new Sampler(3);
        float inf = Float.POSITIVE_INFINITY;

        assertThat(sampler.sample(MemorySegment.ofArray(new float[] {1, Float.NaN, 2}), state)
                        .isValid())
                .isFalse();
        assertThat(sampler.sample(MemorySegment.ofArray(new float[] {1, inf, 2}), state)
                        .isValid())
                .isFalse();
        assertThat(sampler.sample(MemorySegment.ofArray(new float[] {-inf, -inf, -inf}), state)
                        .isValid())
                .isFalse();
        assertThat(sampler.sample(MemorySegment.ofArray(new float[] {-inf, -5, -inf}), state)
                        .tokenId())
                .isEqualTo(1);
    }

    @Test
    void aBannedEndCannotBeChosenBeforeMinTokens() {
        SamplingParams params = new SamplingParams(0, 0, 1, 0, 1, 0, 0, Map.of(), 0, -1, Set.of(2), 1);
        IntList tokens = IntList.of(5);
        SamplingState state = new SamplingState(params, tokens, 1);
        Sampler sampler = new Sampler(3);
        MemorySegment logits = MemorySegment.ofArray(new float[] {1, 2, 3});

        assertThat(sampler.sample(logits, state).tokenId()).isEqualTo(1);
        tokens.add(1);
        assertThat(sampler.sample(logits, state).tokenId()).isEqualTo(2);
    }
}
