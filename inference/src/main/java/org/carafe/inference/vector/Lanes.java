package org.carafe.inference.vector;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The widest vectors of this machine, and loops over arrays with them. Each loop ends in a scalar one, so any length will do. */
final class Lanes {
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED;

    /** As many bytes as {@link #FLOATS} has floats. */
    static final VectorSpecies<Byte> QUARTER_BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 4));

    static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;
    static final int COUNT = FLOATS.length();

    /** The upper half of an int: one bf16 that can be read as a float in place. */
    static final int UPPER = 0xFFFF0000;

    private static final float LOG2_E = 1.442695f;
    private static final float LN_2_HIGH = 0.6933594f;
    private static final float LN_2_LOW = -0.00021219444f;
    private static final float EXP_MIN = -87;
    private static final float EXP_MAX = 88;
    private static final int FLOAT_MANTISSA_BITS = 23;

    /** Added to a float below 2^22 this leaves the nearest whole number in the low bits. */
    static final float ROUNDER = 1.5f * (1 << 23);

    private Lanes() {}

    /** The sum of squares of n values. */
    static float squares(float[] x, int from, int n) {
        FloatVector sum = FloatVector.zero(FLOATS);
        int i = 0;
        for (; i <= n - COUNT; i += COUNT) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, from + i);
            sum = v.fma(v, sum);
        }
        float total = sum.reduceLanes(VectorOperators.ADD);
        for (; i < n; i++) {
            total += x[from + i] * x[from + i];
        }
        return total;
    }

    /** x += y. */
    static void add(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            x[i] += y[i];
        }
    }

    /**
     * e to the power of each lane, within 2 units in the last place (Cephes' expf: a power of two times a polynomial). Below -87 what is
     * next to zero, above 88 what is next to infinity; NaN stays NaN. {@code lanewise(EXP)} calls a library vector by vector, and took 40 times as long.
     */
    static FloatVector exp(FloatVector x) {
        FloatVector high = x.blend(EXP_MAX, x.compare(VectorOperators.GT, EXP_MAX));
        FloatVector bounded = high.blend(EXP_MIN, high.compare(VectorOperators.LT, EXP_MIN));
        FloatVector shifted = bounded.fma(broadcast(LOG2_E), broadcast(ROUNDER));
        FloatVector n = shifted.sub(ROUNDER);
        FloatVector r = n.fma(broadcast(-LN_2_HIGH), bounded);
        r = n.fma(broadcast(-LN_2_LOW), r);
        FloatVector p = broadcast(0.00019875691f).fma(r, broadcast(0.0013981999f));
        p = p.fma(r, broadcast(0.008333452f));
        p = p.fma(r, broadcast(0.041665796f));
        p = p.fma(r, broadcast(0.16666666f));
        p = p.fma(r, broadcast(0.5f));
        p = p.fma(r.mul(r), r).add(1);
        // The whole number stands in the low bits of what was shifted; from there it goes into the exponent.
        return p.reinterpretAsInts()
                .add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, FLOAT_MANTISSA_BITS))
                .reinterpretAsFloats();
    }

    private static FloatVector broadcast(float x) {
        return FloatVector.broadcast(FLOATS, x);
    }

    /** Replaces scores by {@code exp(score - max)}; their sum. */
    static float exponentials(float[] scores, int from, int n, float max) {
        FloatVector sum = FloatVector.zero(FLOATS);
        int i = 0;
        for (; i <= n - COUNT; i += COUNT) {
            FloatVector e = exp(FloatVector.fromArray(FLOATS, scores, from + i).sub(max));
            e.intoArray(scores, from + i);
            sum = sum.add(e);
        }
        float total = sum.reduceLanes(VectorOperators.ADD);
        for (; i < n; i++) {
            scores[from + i] = (float) Math.exp(scores[from + i] - max);
            total += scores[from + i];
        }
        return total;
    }

    static float max(float[] x, int from, int n) {
        FloatVector most = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        int i = 0;
        for (; i <= n - COUNT; i += COUNT) {
            most = most.max(FloatVector.fromArray(FLOATS, x, from + i));
        }
        float result = most.reduceLanes(VectorOperators.MAX);
        for (; i < n; i++) {
            result = Math.max(result, x[from + i]);
        }
        return result;
    }

    /** x becomes {@code cap * tanh(x / cap)}. */
    static void softcap(float[] x, int from, int n, float cap) {
        int i = 0;
        for (; i <= n - COUNT; i += COUNT) {
            // tanh(y) = 1 - 2 / (exp(2 y) + 1)
            FloatVector e = exp(FloatVector.fromArray(FLOATS, x, from + i).mul(2 / cap));
            broadcast(cap).sub(broadcast(2 * cap).div(e.add(1))).intoArray(x, from + i);
        }
        for (; i < n; i++) {
            x[from + i] = cap * (float) Math.tanh(x[from + i] / cap);
        }
    }

    /** The gate becomes {@code gate / (1 + exp(-gate)) * up}. */
    static void silu(float[] gate, float[] up, int from, int to) {
        int i = from;
        for (; i <= to - COUNT; i += COUNT) {
            FloatVector g = FloatVector.fromArray(FLOATS, gate, i);
            g.div(exp(g.neg()).add(1)).mul(FloatVector.fromArray(FLOATS, up, i)).intoArray(gate, i);
        }
        for (; i < to; i++) {
            gate[i] = gate[i] / (1 + (float) Math.exp(-gate[i])) * up[i];
        }
    }

    private static final float SQRT_2_OVER_PI = (float) Math.sqrt(2 / Math.PI);
    private static final float GELU_CUBIC = 0.044715f;

    /** The gate becomes {@code gelu(gate) * up}, by tanh: {@code 0.5 (1 + tanh(y)) = 1 / (1 + exp(-2 y))}. */
    static void gelu(float[] gate, float[] up, int from, int to) {
        int i = from;
        for (; i <= to - COUNT; i += COUNT) {
            FloatVector g = FloatVector.fromArray(FLOATS, gate, i);
            FloatVector inner = g.mul(g).mul(g).mul(GELU_CUBIC).add(g).mul(-2 * SQRT_2_OVER_PI);
            g.div(exp(inner).add(1)).mul(FloatVector.fromArray(FLOATS, up, i)).intoArray(gate, i);
        }
        for (; i < to; i++) {
            float g = gate[i];
            gate[i] = 0.5f * g * (1 + (float) Math.tanh(SQRT_2_OVER_PI * (g + GELU_CUBIC * g * g * g))) * up[i];
        }
    }
}
