package org.carafe.inference.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * A vector that matrices are multiplied with, in the forms that their kernels read; each form is made when first asked for. One thread's
 * own: every thread of a crew makes its copy, which is quicker than to wait for one that does.
 */
public final class Activations {
    /** Values that share a scale in the whole-number form: the group of an int4 weight. */
    static final int GROUP = 32;

    /** Added to a float below 2^22 this leaves the nearest whole number in the low bits. */
    private static final float ROUNDER = 1.5f * (1 << 23);

    private static final int WHOLE_MAX = 127;

    /** More do not stay in a core's first cache (32 KiB or more) beside the weights that run through it. */
    private static final int NEAR_BYTES_MAX = 8 << 10;

    private final int[] pairs;
    private final int[] whole;
    private final float[] scales;
    private final float[] sums;
    private short[] shorts = {};
    private float[] floats = {};
    private float[] values = {};
    private int size;
    private boolean isPaired;
    private boolean isWhole;

    /** @param sizeMax of the vectors that it will hold */
    public Activations(int sizeMax) {
        pairs = new int[sizeMax / 2];
        whole = new int[sizeMax];
        scales = new float[sizeMax / GROUP + 1];
        sums = new float[sizeMax / GROUP + 1];
    }

    /**
     * Whether activations of so many bytes stay near while weights run past. Where they do not, they come from the second cache often enough to
     * halve the speed of the weights, and a kernel should share them between rows.
     */
    static boolean areNear(int bytes) {
        return bytes <= NEAR_BYTES_MAX;
    }

    /** Holds the first n of these values, which stay as they are until the next. */
    void take(float[] x, int n) {
        values = x;
        size = n;
        isPaired = false;
        isWhole = false;
    }

    float[] values() {
        return values;
    }

    /** Values as bf16, two an int as they lie in memory: the first in the lower half. */
    int[] pairs() {
        if (!isPaired) {
            isPaired = true;
            for (int i = 0; i < size / 2; i++) {
                pairs[i] = (rounded(values[2 * i]) >>> Short.SIZE) | (rounded(values[2 * i + 1]) & Lanes.UPPER);
            }
        }
        return pairs;
    }

    /** The upper half becomes the nearest bf16, ties to even. A NaN that arithmetic makes stays one. */
    private static int rounded(float value) {
        int bits = Float.floatToRawIntBits(value);
        return bits + 0x7FFF + ((bits >>> Short.SIZE) & 1);
    }

    /** Values over their group's scale, from -127 to 127, each twice: in both halves of the int. */
    int[] whole() {
        quantize();
        return whole;
    }

    /** Of each group. */
    float[] scales() {
        quantize();
        return scales;
    }

    /** Of each group: the sum of its whole values, times the scale. */
    float[] sums() {
        quantize();
        return sums;
    }

    /** Scratch for a kernel, of at least that length and any content. */
    short[] shorts(int length) {
        if (shorts.length < length) {
            shorts = new short[length];
        }
        return shorts;
    }

    /** Scratch for a kernel, of at least that length and any content. */
    float[] floats(int length) {
        if (floats.length < length) {
            floats = new float[length];
        }
        return floats;
    }

    private void quantize() {
        if (isWhole) {
            return;
        }
        isWhole = true;
        int lanes = Lanes.COUNT;
        for (int group = 0; group < size / GROUP; group++) {
            int from = group * GROUP;
            FloatVector most = FloatVector.zero(Lanes.FLOATS);
            for (int i = from; i < from + GROUP; i += lanes) {
                most = most.max(FloatVector.fromArray(Lanes.FLOATS, values, i).abs());
            }
            float max = most.reduceLanes(VectorOperators.MAX);
            float scale = max / WHOLE_MAX;
            float inverse = max > 0 ? WHOLE_MAX / max : 0;
            IntVector sum = IntVector.zero(Lanes.INTS);
            for (int i = from; i < from + GROUP; i += lanes) {
                IntVector q = FloatVector.fromArray(Lanes.FLOATS, values, i)
                        .mul(inverse)
                        .add(ROUNDER)
                        .reinterpretAsInts()
                        .sub(Float.floatToRawIntBits(ROUNDER));
                sum = sum.add(q);
                q.lanewise(VectorOperators.LSHL, Short.SIZE).or(q.and(0xFFFF)).intoArray(whole, i);
            }
            scales[group] = scale;
            sums[group] = scale * sum.reduceLanes(VectorOperators.ADD);
        }
    }
}
