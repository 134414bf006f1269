package org.carafe.inference.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** float32, row-major: routers, which no format rounds. */
public record F32Matrix(int outputs, int inputs, MemorySegment memory) implements Matrix {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public int tile() {
        return 1;
    }

    @Override
    public long rowBytes() {
        return (long) inputs * Float.BYTES;
    }

    @Override
    public void multiply(Activations activations, float[] y, int from, int to) {
        float[] x = activations.values();
        int lanes = Lanes.COUNT;
        for (int row = from; row < to; row++) {
            long base = (long) row * inputs * Float.BYTES;
            FloatVector sum = FloatVector.zero(Lanes.FLOATS);
            int i = 0;
            for (; i <= inputs - lanes; i += lanes) {
                sum = FloatVector.fromMemorySegment(Lanes.FLOATS, memory, base + (long) i * Float.BYTES, Lanes.LITTLE)
                        .fma(FloatVector.fromArray(Lanes.FLOATS, x, i), sum);
            }
            float total = sum.reduceLanes(VectorOperators.ADD);
            for (; i < inputs; i++) {
                total += memory.get(FLOAT, base + (long) i * Float.BYTES) * x[i];
            }
            y[row] = total;
        }
    }
}
