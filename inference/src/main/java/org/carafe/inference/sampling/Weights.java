package org.carafe.inference.sampling;

import java.util.Arrays;

/** The weights of a whole vocabulary at one temperature, with sums by block: nucleus and draw without top-k. Scratch of one sampler. */
final class Weights {
    private static final int BLOCK = 1024;

    /** With more candidates than this, and than a share of the vocabulary, a histogram narrows them down before they are ranked. */
    private static final int RANKED_MAX = 256;

    private static final int RANKED_SHARE = 16;

    /** Buckets by the upper bits of a weight: 2^30 >>> 20 and below. */
    private static final int BUCKET_SHIFT = 20;

    private static final int BUCKETS = (ExpWeights.ONE >>> BUCKET_SHIFT) + 1;

    private final int vocabularySize;
    private final int[] weights;
    private final long[] blockSums;
    private final long[] buckets = new long[BUCKETS];
    private long total;

    Weights(int vocabularySize) {
        this.vocabularySize = vocabularySize;
        weights = new int[vocabularySize];
        blockSums = new long[(vocabularySize + BLOCK - 1) / BLOCK];
    }

    void weigh(float[] row, float max, float scale) {
        ExpWeights.weights(row, vocabularySize, max, scale, weights);
        total = 0;
        for (int block = 0; block < blockSums.length; block++) {
            total += sumOf(block * BLOCK, end(block), 1);
        }
    }

    long total() {
        return total;
    }

    /**
     * The least key of the nucleus, as {@link Ranking#nucleus}.
     *
     * @param keys scratch, as long as the vocabulary
     */
    long nucleus(long limit, long[] keys) {
        // A token lighter than this cannot be inside: it and all after it together would not weigh total - limit.
        int floor = (int) Math.max(1, (total - limit) / vocabularySize);
        int ceiling = ExpWeights.ONE;
        long above = 0;
        if (count(floor) > Math.max(RANKED_MAX, vocabularySize / RANKED_SHARE)) {
            int bucket = BUCKETS - 1;
            fillBuckets();
            while (above + buckets[bucket] < limit && bucket > 0) {
                above += buckets[bucket--];
            }
            floor = Math.max(1, bucket << BUCKET_SHIFT);
            ceiling = ((bucket + 1) << BUCKET_SHIFT) - 1;
        }
        int width = ceiling - floor;
        int count = 0;
        for (int id = 0; id < vocabularySize; id++) {
            int weight = weights[id];
            // One comparison that is seldom true: two would mispredict on the many that pass only the first.
            if (Integer.compareUnsigned(weight - floor, width) <= 0) {
                keys[count++] = Ranking.key(weight, id);
            }
        }
        return Ranking.nucleus(keys, count, above, limit);
    }

    /** Draws among tokens whose key is at least this, in order of ids. */
    int draw(long leastKey, long random) {
        int weight = Ranking.value(leastKey);
        int lastTie = Ranking.id(leastKey);
        long kept = 0;
        for (int block = 0; block < blockSums.length; block++) {
            int from = block * BLOCK;
            int to = end(block);
            // Tokens of exactly the least weight are inside up to the id of the least key.
            blockSums[block] = to <= lastTie
                    ? sumOf(from, to, weight)
                    : sumOf(from, Math.clamp(lastTie + 1L, from, to), weight)
                            + sumOf(Math.clamp(lastTie + 1L, from, to), to, weight + 1);
            kept += blockSums[block];
        }
        long left = Math.unsignedMultiplyHigh(random, kept);
        int block = 0;
        while (blockSums[block] <= left) {
            left -= blockSums[block++];
        }
        for (int id = block * BLOCK; id < end(block); id++) {
            if (Ranking.key(weights[id], id) >= leastKey) {
                left -= weights[id];
                if (left < 0) {
                    return id;
                }
            }
        }
        throw new AssertionError("the draw lies below the kept weight");
    }

    private int end(int block) {
        return Math.min((block + 1) * BLOCK, vocabularySize);
    }

    /** The sum of weights of at least {@code least} in a range of at most 1,024. */
    private long sumOf(int from, int to, int least) {
        // Two int sums of 15 bits of each weight: neither overflows, and both vectorize, as does the mask, which a
        // condition does not.
        int low = 0;
        int high = 0;
        for (int i = from; i < to; i++) {
            int kept = weights[i] & ~((weights[i] - least) >> 31);
            low += kept & 0x7FFF;
            high += kept >>> 15;
        }
        return ((long) high << 15) + low;
    }

    private int count(int least) {
        int lighter = 0;
        for (int i = 0; i < vocabularySize; i++) {
            lighter += (weights[i] - least) >>> 31;
        }
        return vocabularySize - lighter;
    }

    private void fillBuckets() {
        Arrays.fill(buckets, 0);
        for (int i = 0; i < vocabularySize; i++) {
            buckets[weights[i] >>> BUCKET_SHIFT] += weights[i];
        }
    }
}
