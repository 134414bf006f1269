package org.carafe.inference.sampling;

/**
 * Philox4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011). The random
 * number of a place is a function of (seed, place) and of nothing else: no state to carry through batches or preemptions, and a
 * device computes the same one.
 */
final class Philox {
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;

    private Philox() {}

    /**
     * 64 random bits.
     *
     * @param seed the key: its low word is key 0, its high word key 1
     * @param counter words 0 (low) and 1 (high) of the counter; words 2 and 3 are 0
     * @return output word 0 in the low half, word 1 in the high half
     */
    static long bits(long seed, long counter) {
        return bits(seed, counter, 0L);
    }

    /** As {@link #bits(long, long)}, with counter words 2 and 3 from {@code counterHigh}. */
    static long bits(long seed, long counterLow, long counterHigh) {
        int c0 = (int) counterLow;
        int c1 = (int) (counterLow >>> 32);
        int c2 = (int) counterHigh;
        int c3 = (int) (counterHigh >>> 32);
        int k0 = (int) seed;
        int k1 = (int) (seed >>> 32);
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = MULTIPLIER_0 * (c0 & 0xFFFFFFFFL);
            long product1 = MULTIPLIER_1 * (c2 & 0xFFFFFFFFL);
            c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
            c1 = (int) product1;
            c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
            c3 = (int) product0;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        return (c1 & 0xFFFFFFFFL) << 32 | (c0 & 0xFFFFFFFFL);
    }
}
