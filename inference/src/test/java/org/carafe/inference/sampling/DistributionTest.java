package org.carafe.inference.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.carafe.inference.IntList;
import org.junit.jupiter.api.Test;

/** What {@link Sampler} means, against softmax in doubles. */
class DistributionTest {
    private static final int DRAWS = 200_000;

    @Test
    void tokensComeAsOftenAsTheirProbabilitySays() {
        float[] logits = {1.5f, -0.5f, 0.3f, 2.2f, -3f, 0.3f, -1f, 1.1f};
        assertDrawnAs(logits, params(0.7, 0, 1, 0), softmax(logits, 0.7));
        assertDrawnAs(logits, params(1.6, 0, 1, 0), softmax(logits, 1.6));
    }

    @Test
    void topKKeepsTheBestAndOfEqualOnesThoseWithTheLowestIds() {
        float[] logits = {1, 3, 2, 2, 2, 0};
        float[] kept = logits.clone();
        kept[0] = kept[4] = kept[5] = Float.NEGATIVE_INFINITY;

        assertDrawnAs(logits, params(1, 3, 1, 0), softmax(kept, 1));
    }

    @Test
    void topPKeepsTheTokenThatCrossesTheLineAndNoFurther() {
        // Probabilities 0.5, 0.25, 0.125, 0.125.
        float[] logits = new float[4];
        double[] probabilities = {0.125, 0.5, 0.125, 0.25};
        for (int i = 0; i < 4; i++) {
            logits[i] = (float) Math.log(probabilities[i]);
        }
        assertDrawnAs(logits, params(1, 0, 0.4, 0), new double[] {0, 1, 0, 0});
        assertDrawnAs(logits, params(1, 0, 0.6, 0), new double[] {0, 2 / 3.0, 0, 1 / 3.0});
        assertDrawnAs(logits, params(1, 0, 0.8, 0), new double[] {1 / 7.0, 4 / 7.0, 0, 2 / 7.0});
        assertDrawnAs(logits, params(1, 0, 0.95, 0), probabilities);
    }

    @Test
    void topPOfEqualTokensKeepsExactlyItsShareWithTheLowestIds() {
        float[] logits = new float[8];

        assertDrawnAs(logits, params(1, 0, 0.5, 0), new double[] {0.25, 0.25, 0.25, 0.25, 0, 0, 0, 0});
        assertDrawnAs(logits, params(1, 6, 0.5, 0), new double[] {1 / 3.0, 1 / 3.0, 1 / 3.0, 0, 0, 0, 0, 0});
    }

    @Test
    void minPIsExactToOneUnitOfWeight() {
        float[] logits = {0, -1};
        double weight = ExpWeights.weight(-1, 0, ExpWeights.scale(1));
        double p = weight / (weight + ExpWeights.ONE);

        assertDrawnAs(logits, params(1, 0, 1, (weight - 0.5) / ExpWeights.ONE), new double[] {1 - p, p});
        assertDrawnAs(logits, params(1, 0, 1, (weight + 0.5) / ExpWeights.ONE), new double[] {1, 0});
    }

    @Test
    void topPCountsWhatTopKLeft() {
        float[] logits = new float[4];
        double[] probabilities = {0.125, 0.5, 0.125, 0.25};
        for (int i = 0; i < 4; i++) {
            logits[i] = (float) Math.log(probabilities[i]);
        }

        // Of the two that are left the first weighs two thirds, which reaches 0.6; of all four it does not.
        assertDrawnAs(logits, params(1, 2, 0.6, 0), new double[] {0, 1, 0, 0});
    }

    @Test
    void minPKeepsWhatReachesItsShareOfTheBest() {
        float[] logits = new float[4];
        double[] probabilities = {0.1, 0.5, 0.15, 0.25};
        for (int i = 0; i < 4; i++) {
            logits[i] = (float) Math.log(probabilities[i]);
        }

        assertDrawnAs(logits, params(1, 0, 1, 0.4), new double[] {0, 2 / 3.0, 0, 1 / 3.0});
    }

    @Test
    void penaltiesAreThoseOfTheirDefinitions() {
        SamplingParams params = new SamplingParams(0, 0, 1, 0, 2, 0.5, 0.25, Map.of(4, 1.0), 0, 5, Set.of(), 0);
        // Prompt 0, 1; output 1, 2, 2.
        SamplingState state = new SamplingState(params, IntList.of(0, 1, 1, 2, 2), 2);
        float[] logits = {2, -1, 3, 1, 0.5f};
        float[] expected = {1, -2 - 0.25f - 0.5f, 1.5f - 0.5f - 0.5f, 1, 1.5f};

        TokenLogprobs logprobs =
                new Sampler(5).sample(MemorySegment.ofArray(logits), state).logprobs();

        double[] probabilities = softmax(expected, 1);
        assertThat(logprobs).isNotNull();
        assertThat(logprobs.tokenId()).isEqualTo(4);
        assertThat(logprobs.top())
                .hasSize(5)
                .allSatisfy(alternative -> assertThat((double) alternative.logprob())
                        .isCloseTo(Math.log(probabilities[alternative.tokenId()]), within(1e-5)));
    }

    @Test
    void logprobsAreThoseOfSoftmaxBestFirst() {
        Random random = new Random(6);
        for (int round = 0; round < 200; round++) {
            int vocabulary = 30 + random.nextInt(3000);
            float[] logits = new float[vocabulary];
            for (int i = 0; i < vocabulary; i++) {
                logits[i] = random.nextInt(40) == 0 ? Float.NEGATIVE_INFINITY : (float) random.nextGaussian() * 4;
            }
            int token = random.nextInt(vocabulary);
            double[] probabilities = softmax(logits, 1);
            List<Integer> ranked = new ArrayList<>();
            for (int i = 0; i < vocabulary; i++) {
                ranked.add(i);
            }
            ranked.sort((a, b) -> Float.compare(logits[b], logits[a]));

            TokenLogprobs logprobs = new Sampler(vocabulary).logprobs(MemorySegment.ofArray(logits), token, 20);

            assertThat(logprobs.top()).hasSize(20);
            for (int i = 0; i < 20; i++) {
                TokenLogprobs.Alternative alternative = logprobs.top().get(i);
                assertThat(logits[alternative.tokenId()]).isEqualTo(logits[ranked.get(i)]);
                assertThat((double) alternative.logprob())
                        .isCloseTo(Math.log(probabilities[alternative.tokenId()]), within(2e-5));
            }
            if (logits[token] > Float.NEGATIVE_INFINITY) {
                assertThat((double) logprobs.logprob()).isCloseTo(Math.log(probabilities[token]), within(2e-5));
            } else {
                assertThat(logprobs.logprob()).isEqualTo(Float.NEGATIVE_INFINITY);
            }
        }
    }

    private static void assertDrawnAs(float[] logits, SamplingParams params, double[] probabilities) {
        Sampler sampler = new Sampler(logits.length);
        MemorySegment segment = MemorySegment.ofArray(logits);
        int[] counts = new int[logits.length];
        IntList tokens = IntList.of(0);
        for (int draw = 0; draw < DRAWS; draw++) {
            // Another place each time, as a sequence that grows would have.
            SamplingState state = new SamplingState(params, tokens, 1);
            counts[sampler.sample(segment, state).tokenId()]++;
            tokens.add(0);
        }
        for (int id = 0; id < logits.length; id++) {
            double p = probabilities[id];
            double deviation = Math.sqrt(p * (1 - p) / DRAWS);
            assertThat((double) counts[id] / DRAWS).as("token %d", id).isCloseTo(p, within(5 * deviation));
        }
    }

    private static SamplingParams params(double temperature, int topK, double topP, double minP) {
        return new SamplingParams(temperature, topK, topP, minP, 1, 0, 0, Map.of(), 12345, -1, Set.of(), 0);
    }

    private static double[] softmax(float[] logits, double temperature) {
        double max = Double.NEGATIVE_INFINITY;
        for (float x : logits) {
            max = Math.max(max, x);
        }
        double sum = 0;
        double[] probabilities = new double[logits.length];
        for (int i = 0; i < logits.length; i++) {
            probabilities[i] = Math.exp((logits[i] - max) / temperature);
            sum += probabilities[i];
        }
        for (int i = 0; i < logits.length; i++) {
            probabilities[i] /= sum;
        }
        return probabilities;
    }
}
