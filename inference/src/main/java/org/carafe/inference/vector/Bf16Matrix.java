package org.carafe.inference.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * bf16, row-major, as checkpoints store it. An int of memory holds two weights: one is shifted into place as a float, the other has its
 * neighbour masked off. 2 bytes a weight are read, once; four sums run side by side so that none waits for the one before.
 */
public record Bf16Matrix(int outputs, int inputs, MemorySegment memory) implements Matrix, Table {
    @Override
    public int tile() {
        return 1;
    }

    @Override
    public void multiply(Activations x, float[] y, int from, int to) {
        multiply(memory, inputs, x.even(), x.odd(), x.values(), y, from, to);
    }

    private static void multiply(
            MemorySegment memory, int inputs, float[] even, float[] odd, float[] x, float[] y, int from, int to) {
        int lanes = Lanes.COUNT;
        int vectorized = inputs / (4 * lanes) * (4 * lanes);
        for (int row = from; row < to; row++) {
            long base = (long) row * inputs * Short.BYTES;
            FloatVector a = FloatVector.zero(Lanes.FLOATS);
            FloatVector b = a;
            FloatVector c = a;
            FloatVector d = a;
            for (int i = 0; i < vectorized; i += 4 * lanes) {
                IntVector v = IntVector.fromMemorySegment(Lanes.INTS, memory, base + 2L * i, Lanes.LITTLE);
                IntVector w = IntVector.fromMemorySegment(Lanes.INTS, memory, base + 2L * i + 4L * lanes, Lanes.LITTLE);
                int pair = i / 2;
                a = v.lanewise(VectorOperators.LSHL, Short.SIZE)
                        .reinterpretAsFloats()
                        .fma(FloatVector.fromArray(Lanes.FLOATS, even, pair), a);
                b = v.and(Lanes.UPPER).reinterpretAsFloats().fma(FloatVector.fromArray(Lanes.FLOATS, odd, pair), b);
                c = w.lanewise(VectorOperators.LSHL, Short.SIZE)
                        .reinterpretAsFloats()
                        .fma(FloatVector.fromArray(Lanes.FLOATS, even, pair + lanes), c);
                d = w.and(Lanes.UPPER)
                        .reinterpretAsFloats()
                        .fma(FloatVector.fromArray(Lanes.FLOATS, odd, pair + lanes), d);
            }
            float sum = a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
            for (int i = vectorized; i < inputs; i++) {
                sum += Bf16.get(memory, (long) row * inputs + i) * x[i];
            }
            y[row] = sum;
        }
    }

    @Override
    public void row(int row, float[] y) {
        for (int i = 0; i < inputs; i++) {
            y[i] = Bf16.get(memory, (long) row * inputs + i);
        }
    }
}
