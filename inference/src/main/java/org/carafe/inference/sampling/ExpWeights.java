package org.carafe.inference.sampling;

/**
 * Exponentials as whole numbers, so that sums of them do not depend on the order of summation: a CPU that adds from left to right and
 * a GPU that adds in a tree get the same total, the same nucleus and the same draw.
 *
 * <p>The weight of a logit x at temperature T is {@code floor(2^30 * exp((x - max) / T))}, computed in float32 by the exact recipe of
 * {@link #weight}: one subtraction, one multiplication, six fused multiply-adds, a conversion and a shift, all correctly rounded by
 * IEEE 754, so any device reproduces it bit by bit. The best token's weight is 2^30; a token below 2^-30 of it weighs nothing. Its
 * relative error against the true exponential is below 2e-7.
 */
final class ExpWeights {
    /** log2 of the weight of the best token. */
    static final int SCALE_BITS = 30;

    static final int ONE = 1 << SCALE_BITS;

    /** 2^f on [-1, 0]: minimax of degree 6 with constant term 1, found by reweighted least squares. */
    private static final float C1 = 0x1.62e42cp-1f;

    private static final float C2 = 0x1.ebfacp-3f;
    private static final float C3 = 0x1.c6948ep-5f;
    private static final float C4 = 0x1.39e3fcp-7f;
    private static final float C5 = 0x1.4e2aeap-10f;
    private static final float C6 = 0x1.c946dp-14f;
    private static final double LOG2_E = 1.4426950408889634;

    private ExpWeights() {}

    /** The factor that turns a difference of logits into a power of two at this temperature. */
    static float scale(double temperature) {
        return (float) (LOG2_E / temperature);
    }

    /** The weight of one logit: {@code 0 .. 2^30}. {@code x <= max}, both no NaN, max finite. */
    static int weight(float x, float max, float scale) {
        float y = Math.max((x - max) * scale, -31f);
        int whole = (int) y;
        return (int) (exp2(y - whole) * ONE) >> -whole;
    }

    /** 2^f for f in (-1, 0]. */
    private static float exp2(float f) {
        float p = Math.fma(C6, f, C5);
        p = Math.fma(p, f, C4);
        p = Math.fma(p, f, C3);
        p = Math.fma(p, f, C2);
        p = Math.fma(p, f, C1);
        return Math.fma(p, f, 1f);
    }

    /** Weights of {@code [from, to)}. A plain loop that C2 turns into vector code. */
    static void weights(float[] logits, int from, int to, float max, float scale, int[] target) {
        for (int i = from; i < to; i++) {
            target[i] = weight(logits[i], max, scale);
        }
    }

    /**
     * The sum of {@code exp(x - max)} over a row, for log-probabilities: float32 exponentials down to 2^-60 of the best one, summed by
     * lanes in float32 and then in double; relative error below 1e-6.
     *
     * @param lanes scratch
     */
    static double sumOfExponentials(float[] logits, int length, float max, float[] lanes) {
        float scale = scale(1);
        java.util.Arrays.fill(lanes, 0f);
        int whole = length - length % lanes.length;
        for (int from = 0; from < whole; from += lanes.length) {
            addExponentials(logits, from, lanes.length, max, scale, lanes);
        }
        addExponentials(logits, whole, length - whole, max, scale, lanes);
        double sum = 0;
        for (float lane : lanes) {
            sum += lane;
        }
        return sum;
    }

    private static void addExponentials(float[] logits, int from, int count, float max, float scale, float[] lanes) {
        for (int i = 0; i < count; i++) {
            float y = Math.max((logits[from + i] - max) * scale, -60f);
            int whole = (int) y;
            // 2^whole as the product of two powers of two that an int can hold: shifts and conversions vectorize, bit
            // casts do not.
            int first = Math.min(-whole, SCALE_BITS);
            float power = (float) (1 << (SCALE_BITS - first)) * 0x1p-30f;
            power *= (float) (1 << (SCALE_BITS + whole + first)) * 0x1p-30f;
            lanes[i] += exp2(y - whole) * power;
        }
    }
}
