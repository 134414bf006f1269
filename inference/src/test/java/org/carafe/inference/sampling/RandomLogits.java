package org.carafe.inference.sampling;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.carafe.inference.IntList;

/** Seeded rows and parameters, with ties, infinities and extremes. */
final class RandomLogits {
    private RandomLogits() {}

    static float[] row(Random random, int vocabulary) {
        float[] row = new float[vocabulary];
        float spread = new float[] {0, 0.01f, 1, 5, 30}[random.nextInt(5)];
        boolean coarse = random.nextInt(3) == 0;
        for (int id = 0; id < vocabulary; id++) {
            float x = (float) random.nextGaussian() * spread;
            row[id] = coarse ? Math.round(x) : x;
            if (random.nextInt(50) == 0) {
                row[id] = Float.NEGATIVE_INFINITY;
            }
        }
        return row;
    }

    static SamplingParams params(Random random, int vocabulary) {
        Map<Integer, Double> bias = new HashMap<>();
        Set<Integer> banned = new HashSet<>();
        for (int i = 0; i < random.nextInt(4); i++) {
            bias.put(random.nextInt(vocabulary + 5), random.nextDouble(-100, 100));
            banned.add(random.nextInt(vocabulary + 5));
        }
        return new SamplingParams(
                random.nextInt(4) == 0 ? 0 : random.nextDouble(0.05, 3),
                random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(2 * vocabulary),
                random.nextInt(3) == 0 ? 1 : random.nextDouble(0.01, 1),
                random.nextInt(3) == 0 ? random.nextDouble() : 0,
                random.nextBoolean() ? 1 : random.nextDouble(0.5, 2),
                random.nextBoolean() ? 0 : random.nextDouble(-2, 2),
                random.nextBoolean() ? 0 : random.nextDouble(-2, 2),
                random.nextBoolean() ? Map.of() : bias,
                random.nextLong(),
                -1,
                banned,
                random.nextInt(20));
    }

    static IntList tokens(Random random, int vocabulary) {
        IntList tokens = new IntList(4);
        int length = 1 + random.nextInt(200);
        for (int i = 0; i < length; i++) {
            tokens.add(random.nextInt(vocabulary));
        }
        return tokens;
    }
}
