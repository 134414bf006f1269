package org.carafe.inference.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * bf16, row-major, as checkpoints store it, times activations that are rounded to bf16, as PyTorch's are. An int holds two of either: one
 * is shifted into place as a float, the other has its neighbour masked off. 2 bytes a weight are read, once; four sums run side by side
 * so that none waits for the one before.
 *
 * <p>Activations are read again for every row, and what counts is how many bytes of them: as floats, 8,192 of them filled the first cache, and
 * weights came at two thirds of the speed. Four rows at a time were as fast there and slower with 2,048 inputs. Two vectors a turn: four reach C2's limit
 * on inlining, beyond which vectors become objects.
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
        multiply(memory, inputs, x.pairs(), x.values(), y, from, to);
    }

    private static void multiply(
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
