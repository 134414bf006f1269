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
        return 1;
    }

    @Override
    public long rowBytes() {
        return inputs;
    }

    @Override
    public void multiply(Activations x, float[] y, int from, int to) {
        multiply(memory, scales, inputs, x.values(), y, from, to);
    }

    private static void multiply(
            MemorySegment memory, MemorySegment scales, int inputs, float[] x, float[] y, int from, int to) {
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
            for (int i = vectorized; i < inputs; i++) {
                sum += memory.get(ValueLayout.JAVA_BYTE, base + i) * x[i];
            }
            y[row] = sum * Bf16.get(scales, row);
        }
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
