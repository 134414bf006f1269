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

    /**
     * The sum of squares of n values. Scalars on purpose: lanes are added in another order once the JIT has compiled the loop, and a norm's last bit
     * decides how whole vectors are rounded. It is short.
     */
    static double squares(float[] x, int from, int n) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = from;
        for (; i <= from + n - 4; i += 4) {
            a += (double) x[i] * x[i];
            b += (double) x[i + 1] * x[i + 1];
            c += (double) x[i + 2] * x[i + 2];
            d += (double) x[i + 3] * x[i + 3];
        }
        for (; i < from + n; i++) {
            a += (double) x[i] * x[i];
        }
        return a + b + (c + d);
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
