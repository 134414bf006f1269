package org.carafe.inference.sampling;

/**
 * Exponentials as whole numbers, so that sums of them do not depend on the order of summation: a CPU that adds from left to right and
 * a GPU that adds in a tree get the same total, the same nucleus and the same draw.
 *
 * <p>The weight of a logit x at temperature T is about {@code floor(2^30 * exp((x - max) / T))}, computed in float32 by the recipe of
 * {@link #weight}: differences, products and fused multiply-adds, all correctly rounded by IEEE 754, so any device reproduces it bit
 * by bit. The best token's weight is exactly 2^30; a token below 2^-30 of it weighs nothing. The relative error against the true
 * exponential is below 1e-5.
 *
 * <p>2^y comes from (2^(y/32))^32, five squarings, because C2 turns that into vector code: it does not where an exponent is shifted or
 * put together from bits (about 8 times slower on AVX-512).
 */
final class ExpWeights {
    /** The weight of the best token. */
    static final int ONE = 1 << 30;

    private static final float ONE_AS_FLOAT = ONE;

    /** Weights at or below this power of two are 0. */
    private static final float LOG2_LEAST = -31f;

    private static final float LOG2_LEAST_PRECISE = -62f;
    private static final double LOG2_E = 1.4426950408889634;

    /** 2^f on [-1, 0]: minimax of degree 6 with constant term 1, found by reweighted least squares. */
    private static final float C1 = 0x1.62e42cp-1f;

    private static final float C2 = 0x1.ebfacp-3f;
    private static final float C3 = 0x1.c6948ep-5f;
    private static final float C4 = 0x1.39e3fcp-7f;
    private static final float C5 = 0x1.4e2aeap-10f;
    private static final float C6 = 0x1.c946dp-14f;

    /** Lanes of a float sum: as many additions as a core has in flight. */
    private static final int LANES = 8;

    private static final int SUM_BLOCK = 1024;

    private ExpWeights() {}

    /** The factor that turns a difference of logits into a power of two at this temperature. */
    static float scale(double temperature) {
        return (float) (LOG2_E / temperature);
    }

    /** The weight of one logit: {@code 0 .. 2^30}. {@code x <= max}, both no NaN, max finite. */
    static int weight(float x, float max, float scale) {
        float y = Math.max((x - max) * scale, LOG2_LEAST);
        float power = exp2(y * 0x1p-5f);
        power *= power;
        power *= power;
        power *= power;
        power *= power;
        power *= power;
        return (int) (power * ONE_AS_FLOAT);
    }

    /** 2^f for f in [-1, 0]. */
    private static float exp2(float f) {
        float p = Math.fma(C6, f, C5);
        p = Math.fma(p, f, C4);
        p = Math.fma(p, f, C3);
        p = Math.fma(p, f, C2);
        p = Math.fma(p, f, C1);
        return Math.fma(p, f, 1f);
    }

    /** Weights of a row. */
    static void weights(float[] logits, int length, float max, float scale, int[] target) {
        for (int i = 0; i < length; i++) {
            target[i] = weight(logits[i], max, scale);
        }
    }

    /**
     * The sum of {@code exp(x - max)} over a row, for log-probabilities: float32 exponentials down to 2^-62 of the best one; relative
     * error below 1e-5.
     *
     * @param scratch as long as the row
     */
    static double sumOfExponentials(float[] logits, int length, float max, float[] scratch) {
        float scale = scale(1);
        for (int i = 0; i < length; i++) {
            float y = Math.max((logits[i] - max) * scale, LOG2_LEAST_PRECISE);
            float power = exp2(y * 0x1p-6f);
            power *= power;
            power *= power;
            power *= power;
            power *= power;
            power *= power;
            power *= power;
            scratch[i] = power;
        }
        double sum = 0;
        for (int from = 0; from < length; from += SUM_BLOCK) {
            sum += blockSum(scratch, from, Math.min(from + SUM_BLOCK, length));
        }
        return sum;
    }

    private static double blockSum(float[] values, int from, int to) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        float e = 0;
        float f = 0;
        float g = 0;
        float h = 0;
        int i = from;
        for (; i + LANES <= to; i += LANES) {
            a += values[i];
            b += values[i + 1];
            c += values[i + 2];
            d += values[i + 3];
            e += values[i + 4];
            f += values[i + 5];
            g += values[i + 6];
            h += values[i + 7];
        }
        double sum = ((double) a + b) + ((double) c + d) + ((double) e + f) + ((double) g + h);
        for (; i < to; i++) {
            sum += values[i];
        }
        return sum;
    }
}
