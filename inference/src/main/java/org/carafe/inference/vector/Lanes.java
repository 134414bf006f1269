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

    /** Replaces scores by {@code exp(score - max)}; their sum. */
    static float exponentials(float[] scores, int from, int n, float max) {
        FloatVector sum = FloatVector.zero(FLOATS);
        int i = 0;
        for (; i <= n - COUNT; i += COUNT) {
            FloatVector e =
                    FloatVector.fromArray(FLOATS, scores, from + i).sub(max).lanewise(VectorOperators.EXP);
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
            FloatVector.fromArray(FLOATS, x, from + i)
                    .div(cap)
                    .lanewise(VectorOperators.TANH)
                    .mul(cap)
                    .intoArray(x, from + i);
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
            g.div(g.neg().lanewise(VectorOperators.EXP).add(1))
                    .mul(FloatVector.fromArray(FLOATS, up, i))
                    .intoArray(gate, i);
        }
        for (; i < to; i++) {
            gate[i] = gate[i] / (1 + (float) Math.exp(-gate[i])) * up[i];
        }
    }

    private static final float SQRT_2_OVER_PI = (float) Math.sqrt(2 / Math.PI);
    private static final float GELU_CUBIC = 0.044715f;

    /** The gate becomes {@code gelu(gate) * up}, by tanh. */
    static void gelu(float[] gate, float[] up, int from, int to) {
        int i = from;
        for (; i <= to - COUNT; i += COUNT) {
            FloatVector g = FloatVector.fromArray(FLOATS, gate, i);
            FloatVector inner = g.mul(g).mul(g).mul(GELU_CUBIC).add(g).mul(SQRT_2_OVER_PI);
            g.mul(0.5f)
                    .mul(inner.lanewise(VectorOperators.TANH).add(1))
                    .mul(FloatVector.fromArray(FLOATS, up, i))
                    .intoArray(gate, i);
        }
        for (; i < to; i++) {
            float g = gate[i];
            gate[i] = 0.5f * g * (1 + (float) Math.tanh(SQRT_2_OVER_PI * (g + GELU_CUBIC * g * g * g))) * up[i];
        }
    }
}
