package org.carafe.inference.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * bf16, row-major, as checkpoints store it, times activations that are rounded to bf16, as PyTorch's are. An int holds two of either: one
 * is shifted into place as a float, the other has its neighbour masked off. 2 bytes a weight are read, once; four sums run side by side
 * so that none waits for the one before. C2's limit on inlining allows no more, beyond it vectors become objects.
 */
public record Bf16Matrix(int outputs, int inputs, MemorySegment memory) implements Matrix, Table {
    @Override
    public int tile() {
        return Activations.areNear(inputs * Short.BYTES) ? 1 : ROWS_TOGETHER;
    }

    @Override
    public long rowBytes() {
        return (long) inputs * Short.BYTES;
    }

    @Override
    public void multiply(Activations x, float[] y, int from, int to) {
        int oneByOneFrom = tile() == 1 ? from : to - (to - from) % ROWS_TOGETHER;
        together(memory, inputs, x.pairs(), x.values(), y, from, oneByOneFrom);
        oneByOne(memory, inputs, x.pairs(), x.values(), y, oneByOneFrom, to);
    }

    private static void oneByOne(
            MemorySegment memory, int inputs, int[] pairs, float[] x, float[] y, int from, int to) {
        int lanes = Lanes.COUNT;
        int vectorized = inputs / (4 * lanes) * (4 * lanes);
        for (int row = from; row < to; row++) {
            long base = (long) row * inputs * Short.BYTES;
            FloatVector a = FloatVector.zero(Lanes.FLOATS);
            FloatVector b = a;
            FloatVector c = a;
            FloatVector d = a;
            for (int i = 0; i < vectorized; i += 4 * lanes) {
                long at = base + 2L * i;
                int pair = i / 2;
                IntVector p = IntVector.fromMemorySegment(Lanes.INTS, memory, at, Lanes.LITTLE);
                IntVector q = IntVector.fromMemorySegment(Lanes.INTS, memory, at + 4L * lanes, Lanes.LITTLE);
                IntVector u = IntVector.fromArray(Lanes.INTS, pairs, pair);
                IntVector v = IntVector.fromArray(Lanes.INTS, pairs, pair + lanes);
                a = Bf16.lower(p).fma(Bf16.lower(u), a);
                b = Bf16.upper(p).fma(Bf16.upper(u), b);
                c = Bf16.lower(q).fma(Bf16.lower(v), c);
                d = Bf16.upper(q).fma(Bf16.upper(v), d);
            }
            float sum = a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
            y[row] = sum + rest(memory, inputs, x, row, vectorized);
        }
    }

    private static void together(
            MemorySegment memory, int inputs, int[] pairs, float[] x, float[] y, int from, int to) {
        int lanes = Lanes.COUNT;
        int vectorized = inputs / (2 * lanes) * (2 * lanes);
        long rowBytes = (long) inputs * Short.BYTES;
        for (int row = from; row < to; row += ROWS_TOGETHER) {
            FloatVector a = FloatVector.zero(Lanes.FLOATS);
            FloatVector b = a;
            FloatVector c = a;
            FloatVector d = a;
            for (int i = 0; i < vectorized; i += 2 * lanes) {
                long at = row * rowBytes + 2L * i;
                IntVector u = IntVector.fromArray(Lanes.INTS, pairs, i / 2);
                FloatVector even = Bf16.lower(u);
                FloatVector odd = Bf16.upper(u);
                IntVector p = IntVector.fromMemorySegment(Lanes.INTS, memory, at, Lanes.LITTLE);
                IntVector q = IntVector.fromMemorySegment(Lanes.INTS, memory, at + rowBytes, Lanes.LITTLE);
                IntVector r = IntVector.fromMemorySegment(Lanes.INTS, memory, at + 2 * rowBytes, Lanes.LITTLE);
                IntVector s = IntVector.fromMemorySegment(Lanes.INTS, memory, at + 3 * rowBytes, Lanes.LITTLE);
                a = Bf16.upper(p).fma(odd, Bf16.lower(p).fma(even, a));
                b = Bf16.upper(q).fma(odd, Bf16.lower(q).fma(even, b));
                c = Bf16.upper(r).fma(odd, Bf16.lower(r).fma(even, c));
                d = Bf16.upper(s).fma(odd, Bf16.lower(s).fma(even, d));
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
            sum += Bf16.get(memory, (long) row * inputs + i) * x[i];
        }
        return sum;
    }

    @Override
    public void row(int row, float[] y) {
        for (int i = 0; i < inputs; i++) {
            y[i] = Bf16.get(memory, (long) row * inputs + i);
        }
    }
}
