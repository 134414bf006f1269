package org.carafe.inference.sampling;

import java.util.Arrays;

/**
 * Truncation and the draw over an adjusted row: scratch of one {@link Sampler}. With top-k only the k best tokens are looked at from then
 * on; without it, weights of the whole vocabulary are, in passes that vectorize or branch rarely.
 */
final class Candidates {
    private static final int TOP_SLACK = 1024;

    private final int vocabularySize;
    private final Weights weights;

    /** The k best tokens by id, and their weights. */
    private final int[] ids;

    private final int[] idWeights;
    private final long[] keys;

    Candidates(int vocabularySize) {
        this.vocabularySize = vocabularySize;
        weights = new Weights(vocabularySize);
        ids = new int[vocabularySize];
        idWeights = new int[vocabularySize];
        keys = new long[vocabularySize];
    }

    /** The token that these parameters choose with this random number. {@code max} is the largest of the row, finite. */
    int draw(float[] row, float max, SamplingParams params, long random) {
        float scale = ExpWeights.scale(params.temperature());
        int topK = params.topK();
        if (topK > 0 && topK < vocabularySize) {
            gatherTop(row, topK, max, scale);
            return drawFromTop(topK, params, random);
        }
        weights.weigh(row, max, scale);
        long least = leastOfMinP(params.minP());
        if (params.topP() < 1) {
            least = Math.max(least, weights.nucleus(nucleusLimit(params.topP(), weights.total()), keys));
        }
        return weights.draw(least, random);
    }

    /** The keys of the {@code top} best tokens of a row, best first. */
    long[] best(float[] row, int top) {
        int count = Math.min(top, vocabularySize);
        selectTop(row, count);
        long[] best = Arrays.copyOf(keys, count);
        Arrays.sort(best);
        for (int i = 0, j = count - 1; i < j; i++, j--) {
            long swap = best[i];
            best[i] = best[j];
            best[j] = swap;
        }
        return best;
    }

    private static long nucleusLimit(double topP, long total) {
        return Math.max(1, (long) Math.ceil(topP * total));
    }

    /** The least key that min-p keeps; what weighs nothing is never kept. */
    private static long leastOfMinP(double minP) {
        return Ranking.leastKey(Math.max(1, (int) Math.ceil(minP * ExpWeights.ONE)));
    }

    /** Leaves the keys of the k best tokens in {@code keys[0 .. k)}: collects what beats the k-th so far, and thins out when full. */
    private void selectTop(float[] row, int k) {
        int capacity = Math.min(keys.length, 2 * k + TOP_SLACK);
        int count = 0;
        float least = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < vocabularySize; id++) {
            float x = row[id];
            if (x > least || count < k) {
                if (count == capacity) {
                    least = row[Ranking.id(Ranking.selectTop(keys, count, k))];
                    count = k;
                    if (x <= least) {
                        continue;
                    }
                }
                keys[count++] = Ranking.key(Ranking.ordered(x), id);
            }
        }
        Ranking.selectTop(keys, count, k);
    }

    private void gatherTop(float[] row, int k, float max, float scale) {
        selectTop(row, k);
        for (int i = 0; i < k; i++) {
            ids[i] = Ranking.id(keys[i]);
        }
        Arrays.sort(ids, 0, k);
        for (int i = 0; i < k; i++) {
            idWeights[i] = ExpWeights.weight(row[ids[i]], max, scale);
        }
    }

    private int drawFromTop(int count, SamplingParams params, long random) {
        long least = leastOfMinP(params.minP());
        if (params.topP() < 1) {
            long total = 0;
            for (int i = 0; i < count; i++) {
                keys[i] = Ranking.key(idWeights[i], ids[i]);
                total += idWeights[i];
            }
            least = Math.max(least, Ranking.nucleus(keys, count, 0, nucleusLimit(params.topP(), total)));
        }
        long kept = 0;
        for (int i = 0; i < count; i++) {
            kept += Ranking.key(idWeights[i], ids[i]) >= least ? idWeights[i] : 0;
        }
        long threshold = Math.unsignedMultiplyHigh(random, kept);
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Ranking.key(idWeights[i], ids[i]) >= least ? idWeights[i] : 0;
            if (sum > threshold) {
                return ids[i];
            }
        }
        throw new AssertionError("the draw lies below the kept weight");
    }
}
