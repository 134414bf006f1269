package org.carafe.inference.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * bf16, row-major, as checkpoints store it. An int of memory holds two weights: one is shifted into place as a float, the other has its
 * neighbour masked off. 2 bytes a weight are read, once; four sums run side by side so that none waits for the one before. Four vectors a
 * turn: with two, unrolled by C2, it reached three quarters of the memory's bandwidth; with eight, or two rows at once, no more.
 */
public record Bf16Matrix(int outputs, int inputs, MemorySegment memory) implements Matrix, Table {
    @Override
    public int tile() {
        return 1;
    }

    @Override
    public long rowBytes() {
        return (long) inputs * Short.BYTES;
    }

    @Override
    public void multiply(Activations x, float[] y, int from, int to) {
        multiply(memory, inputs, x.even(), x.odd(), x.values(), y, from, to);
    }

    private static void multiply(
            MemorySegment memory, int inputs, float[] even, float[] odd, float[] x, float[] y, int from, int to) {
        int lanes = Lanes.COUNT;
        int vectorized = inputs / (8 * lanes) * (8 * lanes);
        for (int row = from; row < to; row++) {
            long base = (long) row * inputs * Short.BYTES;
            FloatVector a = FloatVector.zero(Lanes.FLOATS);
            FloatVector b = a;
            FloatVector c = a;
            FloatVector d = a;
            for (int i = 0; i < vectorized; i += 8 * lanes) {
                long at = base + 2L * i;
                IntVector p = IntVector.fromMemorySegment(Lanes.INTS, memory, at, Lanes.LITTLE);
                IntVector q = IntVector.fromMemorySegment(Lanes.INTS, memory, at + 4L * lanes, Lanes.LITTLE);
                IntVector r = IntVector.fromMemorySegment(Lanes.INTS, memory, at + 8L * lanes, Lanes.LITTLE);
                IntVector s = IntVector.fromMemorySegment(Lanes.INTS, memory, at + 12L * lanes, Lanes.LITTLE);
                int pair = i / 2;
                a = lower(p).fma(FloatVector.fromArray(Lanes.FLOATS, even, pair), a);
                b = upper(p).fma(FloatVector.fromArray(Lanes.FLOATS, odd, pair), b);
                c = lower(q).fma(FloatVector.fromArray(Lanes.FLOATS, even, pair + lanes), c);
                d = upper(q).fma(FloatVector.fromArray(Lanes.FLOATS, odd, pair + lanes), d);
                a = lower(r).fma(FloatVector.fromArray(Lanes.FLOATS, even, pair + 2 * lanes), a);
                b = upper(r).fma(FloatVector.fromArray(Lanes.FLOATS, odd, pair + 2 * lanes), b);
                c = lower(s).fma(FloatVector.fromArray(Lanes.FLOATS, even, pair + 3 * lanes), c);
                d = upper(s).fma(FloatVector.fromArray(Lanes.FLOATS, odd, pair + 3 * lanes), d);
            }
            float sum = a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
            for (int i = vectorized; i < inputs; i++) {
                sum += Bf16.get(memory, (long) row * inputs + i) * x[i];
            }
            y[row] = sum;
        }
    }

    private static FloatVector lower(IntVector pairs) {
        return pairs.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats();
    }

    private static FloatVector upper(IntVector pairs) {
        return pairs.and(Lanes.UPPER).reinterpretAsFloats();
    }

    @Override
    public void row(int row, float[] y) {
        for (int i = 0; i < inputs; i++) {
            y[i] = Bf16.get(memory, (long) row * inputs + i);
        }
    }
}
