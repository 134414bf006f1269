package org.carafe.inference.sampling;

import java.util.Arrays;

/** Truncation and the draw: the tokens that may still be chosen, in order of ids. Scratch of one {@link Sampler}. */
final class Candidates {
    private static final int BLOCK = 1024;
    private static final int TOP_SLACK = 1024;

    private final int vocabularySize;
    private final int[] weights;
    private final long[] blockSums;
    private final int[] ids;
    private final int[] idWeights;
    private final long[] keys;

    Candidates(int vocabularySize) {
        this.vocabularySize = vocabularySize;
        weights = new int[vocabularySize];
        blockSums = new long[(vocabularySize + BLOCK - 1) / BLOCK];
        ids = new int[vocabularySize];
        idWeights = new int[vocabularySize];
        keys = new long[vocabularySize];
    }

    /** The token that these parameters choose from an adjusted row with this random number. */
    int draw(float[] row, float max, SamplingParams params, long random) {
        float scale = ExpWeights.scale(params.temperature());
        int topK = params.topK();
        if (topK > 0 && topK < vocabularySize) {
            int count = gatherTop(row, topK, max, scale);
            return truncateAndDraw(count, sum(count), params, random);
        }
        long total = weigh(row, max, scale);
        if (params.topP() >= 1 && params.minP() <= 0) {
            return drawFromAll(threshold(random, total));
        }
        // A token lighter than this share cannot be in the nucleus: all such tokens together do not weigh 1 - p.
        long floor = params.topP() < 1 ? (total - nucleusLimit(params.topP(), total)) / vocabularySize : 0;
        int count = gatherFrom(Math.max(floor, leastOfMinP(params.minP())));
        return truncateAndDraw(count, total, params, random);
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

    private static long leastOfMinP(double minP) {
        return (long) Math.ceil(minP * ExpWeights.ONE);
    }

    private static long threshold(long random, long total) {
        return Math.unsignedMultiplyHigh(random, total);
    }

    /** Weights of the whole row; returns their sum. */
    private long weigh(float[] row, float max, float scale) {
        long total = 0;
        for (int block = 0; block < blockSums.length; block++) {
            int from = block * BLOCK;
            int to = Math.min(from + BLOCK, vocabularySize);
            ExpWeights.weights(row, from, to, max, scale, weights);
            // 1024 weights of at most 2^30 in two halves of 15 bits: int sums, which vectorize.
            int low = 0;
            int high = 0;
            for (int i = from; i < to; i++) {
                low += weights[i] & 0x7FFF;
                high += weights[i] >>> 15;
            }
            blockSums[block] = ((long) high << 15) + low;
            total += blockSums[block];
        }
        return total;
    }

    private int drawFromAll(long threshold) {
        long before = 0;
        int block = 0;
        while (before + blockSums[block] <= threshold) {
            before += blockSums[block++];
        }
        int id = block * BLOCK;
        while (before + weights[id] <= threshold) {
            before += weights[id++];
        }
        return id;
    }

    /** Moves the k best tokens, with their weights, into {@code ids} by id. */
    private int gatherTop(float[] row, int k, float max, float scale) {
        selectTop(row, k);
        for (int i = 0; i < k; i++) {
            ids[i] = Ranking.id(keys[i]);
        }
        Arrays.sort(ids, 0, k);
        for (int i = 0; i < k; i++) {
            idWeights[i] = ExpWeights.weight(row[ids[i]], max, scale);
        }
        return k;
    }

    /** Leaves the keys of the k best tokens in {@code keys[0 .. k)}: collects whatever beats the k-th so far, and thins out when full. */
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
                    if (!(x > least)) {
                        continue;
                    }
                }
                keys[count++] = Ranking.key(Ranking.ordered(x), id);
            }
        }
        Ranking.selectTop(keys, count, k);
    }

    /** Collects tokens of at least this weight, and of more than nothing. */
    private int gatherFrom(long least) {
        int leastWeight = Math.clamp(least, 1, ExpWeights.ONE);
        int count = 0;
        for (int id = 0; id < vocabularySize; id++) {
            int weight = weights[id];
            ids[count] = id;
            idWeights[count] = weight;
            count += weight >= leastWeight ? 1 : 0;
        }
        return count;
    }

    private long sum(int count) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += idWeights[i];
        }
        return sum;
    }

    /** Top-p of {@code total}, then min-p, then the draw, on the collected tokens. */
    private int truncateAndDraw(int count, long total, SamplingParams params, long random) {
        long leastKey = Ranking.key(1, Integer.MAX_VALUE);
        if (params.topP() < 1) {
            for (int i = 0; i < count; i++) {
                keys[i] = Ranking.key(idWeights[i], ids[i]);
            }
            leastKey = Math.max(leastKey, Ranking.nucleus(keys, count, nucleusLimit(params.topP(), total)));
        }
        leastKey = Math.max(leastKey, Ranking.key((int) leastOfMinP(params.minP()), Integer.MAX_VALUE));
        long kept = 0;
        for (int i = 0; i < count; i++) {
            long key = Ranking.key(idWeights[i], ids[i]);
            kept += key >= leastKey ? idWeights[i] : 0;
        }
        long threshold = threshold(random, kept);
        long before = 0;
        for (int i = 0; i < count; i++) {
            if (Ranking.key(idWeights[i], ids[i]) >= leastKey) {
                before += idWeights[i];
                if (before > threshold) {
                    return ids[i];
                }
            }
        }
        throw new AssertionError("the draw lies below the kept weight");
    }
}
