package org.carafe.inference.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ExpWeightsTest {
    @Test
    void aWeightIsTheExponentialToOnePartInAHundredThousand() {
        double worst = 0;
        for (double temperature : new double[] {0.1, 0.7, 1, 2}) {
            float scale = ExpWeights.scale(temperature);
            for (float x = 0; x > -30; x -= 0.001f) {
                double exact = Math.exp(x / temperature) * ExpWeights.ONE;
                double error = Math.abs(ExpWeights.weight(x, 0, scale) - exact);
                // What the floor cuts off is not the exponential's error.
                worst = Math.max(worst, (error - 1) / exact);
            }
        }

        assertThat(worst).isLessThan(1e-5);
    }

    @Test
    void weightsFallWithLogitsAndTheBestOnesIsWhole() {
        float scale = ExpWeights.scale(0.9);
        int before = ExpWeights.ONE;
        for (float x = 0; x > -25; x -= 0.0001f) {
            int weight = ExpWeights.weight(x, 0, scale);
            assertThat(weight).isBetween(0, before);
            before = weight;
        }
        assertThat(ExpWeights.weight(3.5f, 3.5f, scale)).isEqualTo(ExpWeights.ONE);
        assertThat(ExpWeights.weight(Float.NEGATIVE_INFINITY, 3.5f, scale)).isZero();
        assertThat(ExpWeights.weight(-Float.MAX_VALUE, Float.MAX_VALUE, scale)).isZero();
    }

    /** A device must reproduce these to yield the same tokens: they pin the recipe. The number was computed by numpy, not by this code. */
    @Test
    void theRecipeIsPinned() {
        float scale = ExpWeights.scale(1);
        long hash = 1;
        for (int i = 0; i < 10_000; i++) {
            hash = hash * 31 + ExpWeights.weight(-i / 512f, 0, scale);
        }

        assertThat(hash).isEqualTo(4999486088065515464L);
    }

    @Test
    void theSumOfExponentialsIsThatOfDoubles() {
        Random random = new Random(4);
        for (int round = 0; round < 200; round++) {
            float[] row = RandomLogits.row(random, 1 + random.nextInt(5000));
            float max = Float.NEGATIVE_INFINITY;
            for (float x : row) {
                max = Math.max(max, x);
            }
            if (max == Float.NEGATIVE_INFINITY) {
                continue;
            }
            double exact = 0;
            for (float x : row) {
                exact += Math.exp((double) x - max);
            }

            double sum = ExpWeights.sumOfExponentials(row, row.length, max, new float[row.length]);
            assertThat(sum / exact).isCloseTo(1, within(1e-5));
        }
    }
}
