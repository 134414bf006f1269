package org.carafe.inference.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * int8, row-major, with a bf16 scale for each row. Bytes are widened to floats in registers; activations stay float32. 1 byte a weight
 * is read, once.
 *
 * @param scales bf16, one a row
 */
public record Int8Matrix(int outputs, int inputs, MemorySegment memory, MemorySegment scales) implements Matrix, Table {
    @Override
    public int tile() {
        return Activations.areNear(inputs * Float.BYTES) ? 1 : ROWS_TOGETHER;
    }

    @Override
    public long rowBytes() {
        return inputs;
    }

    @Override
    public void multiply(Activations x, float[] y, int from, int to) {
        int oneByOneFrom = tile() == 1 ? from : to - (to - from) % ROWS_TOGETHER;
        together(memory, inputs, x.values(), y, from, oneByOneFrom);
        oneByOne(memory, inputs, x.values(), y, oneByOneFrom, to);
        for (int row = from; row < to; row++) {
            y[row] *= Bf16.get(scales, row);
        }
    }

    private static void oneByOne(MemorySegment memory, int inputs, float[] x, float[] y, int from, int to) {
        int lanes = Lanes.COUNT;
        int vectorized = inputs / (4 * lanes) * (4 * lanes);
        for (int row = from; row < to; row++) {
            long base = (long) row * inputs;
            FloatVector a = FloatVector.zero(Lanes.FLOATS);
            FloatVector b = a;
            FloatVector c = a;
            FloatVector d = a;
            for (int i = 0; i < vectorized; i += 4 * lanes) {
                long at = base + i;
                a = widened(memory, at).fma(FloatVector.fromArray(Lanes.FLOATS, x, i), a);
                b = widened(memory, at + lanes).fma(FloatVector.fromArray(Lanes.FLOATS, x, i + lanes), b);
                c = widened(memory, at + 2L * lanes).fma(FloatVector.fromArray(Lanes.FLOATS, x, i + 2 * lanes), c);
                d = widened(memory, at + 3L * lanes).fma(FloatVector.fromArray(Lanes.FLOATS, x, i + 3 * lanes), d);
            }
            float sum = a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
            y[row] = sum + rest(memory, inputs, x, row, vectorized);
        }
    }

    private static void together(MemorySegment memory, int inputs, float[] x, float[] y, int from, int to) {
        int lanes = Lanes.COUNT;
        int vectorized = inputs / lanes * lanes;
        for (int row = from; row < to; row += ROWS_TOGETHER) {
            long base = (long) row * inputs;
            FloatVector a = FloatVector.zero(Lanes.FLOATS);
            FloatVector b = a;
            FloatVector c = a;
            FloatVector d = a;
            for (int i = 0; i < vectorized; i += lanes) {
                long at = base + i;
                FloatVector v = FloatVector.fromArray(Lanes.FLOATS, x, i);
                a = widened(memory, at).fma(v, a);
                b = widened(memory, at + inputs).fma(v, b);
                c = widened(memory, at + 2L * inputs).fma(v, c);
                d = widened(memory, at + 3L * inputs).fma(v, d);
            }
            y[row] = a.reduceLanes(VectorOperators.ADD) + rest(memory, inputs, x, row, vectorized);
            y[row + 1] = b.reduceLanes(VectorOperators.ADD) + rest(memory, inputs, x, row + 1, vectorized);
            y[row + 2] = c.reduceLanes(VectorOperators.ADD) + rest(memory, inputs, x, row + 2, vectorized);
            y[row + 3] = d.reduceLanes(VectorOperators.ADD) + rest(memory, inputs, x, row + 3, vectorized);
        }
    }

    /** Products of a row's inputs that fill no vector. */
    private static float rest(MemorySegment memory, int inputs, float[] x, int row, int from) {
        float sum = 0;
        for (int i = from; i < inputs; i++) {
            sum += memory.get(ValueLayout.JAVA_BYTE, (long) row * inputs + i) * x[i];
        }
        return sum;
    }

    private static FloatVector widened(MemorySegment memory, long at) {
        return (FloatVector) ByteVector.fromMemorySegment(Lanes.QUARTER_BYTES, memory, at, Lanes.LITTLE)
                .convertShape(VectorOperators.B2F, Lanes.FLOATS, 0);
    }

    @Override
    public void row(int row, float[] y) {
        float scale = Bf16.get(scales, row);
        for (int i = 0; i < inputs; i++) {
            y[i] = memory.get(ValueLayout.JAVA_BYTE, (long) row * inputs + i) * scale;
        }
    }
}
