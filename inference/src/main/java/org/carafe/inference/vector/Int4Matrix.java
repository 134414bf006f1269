package org.carafe.inference.vector;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * int4 in tiles of 32 rows. Lanes are rows, so nothing is summed across lanes: a short holds four inputs of its row, the first in the
 * lowest bits, and a vector of shorts the same four inputs of all rows of the tile. A weight is {@code (q - 8) * scale + zero}.
 *
 * <p>Activations are whole numbers of 8 bits with a scale for each 32, as in llama.cpp's Q8_0: products are summed in 16 bits, where 16
 * of up to 15 * 127 still fit. Half a byte a weight and 1/8 byte of scales are read, once. Tried: float products of looked-up or converted
 * weights, half as fast; PyTorch's own packing, whose nibbles lie so that half of the time goes into shuffling sums and scales. The loop
 * must stay short: C2 stops inlining at 18,000 nodes, and a vector operation that is not inlined makes objects.
 *
 * @param memory int16 [outputs / 32, inputs / 4, 32]
 * @param scales bf16 [outputs / 32, inputs / 32, 2, 32]: scales of a tile's rows, then zeros
 */
public record Int4Matrix(int outputs, int inputs, MemorySegment memory, MemorySegment scales) implements Matrix {
    private static final int TILE = 32;
    private static final int GROUP = Activations.GROUP;
    private static final int STEP_BYTES = TILE * Short.BYTES;
    private static final int GROUP_BYTES = TILE * GROUP / 2;
    private static final int SCALE_BYTES = TILE * 2 * Short.BYTES;
    private static final int OFFSET = 8;

    /** Sums of so many groups are scaled before the next are made: those of a whole row push the activations out of a core's first cache. */
    private static final int BLOCK_GROUPS = 16;

    private static final short NIBBLE = 15;

    public Int4Matrix {
        if (!takes(outputs, inputs)) {
            throw new IllegalArgumentException("int4 [" + outputs + ", " + inputs + "] is not made of whole tiles");
        }
    }

    /** Whether a matrix of that shape is made of whole tiles, and a tile of this machine's vectors. */
    static boolean takes(int outputs, int inputs) {
        return inputs % GROUP == 0 && outputs % TILE == 0 && Lanes.SHORTS.length() == TILE;
    }

    @Override
    public int tile() {
        return TILE;
    }

    @Override
    public long rowBytes() {
        return inputs / 2L + inputs / GROUP * 2L * Short.BYTES;
    }

    @Override
    public void multiply(Activations x, float[] y, int from, int to) {
        int groups = inputs / GROUP;
        short[] sums = x.shorts(BLOCK_GROUPS * 2 * TILE);
        float[] apart = x.floats(TILE);
        for (int row = from; row < to; row += TILE) {
            long first = (long) row / TILE * groups;
            Arrays.fill(apart, 0, TILE, 0);
            for (int group = 0; group < groups; group += BLOCK_GROUPS) {
                int end = Math.min(groups, group + BLOCK_GROUPS);
                sum(memory, (first + group) * GROUP_BYTES, group, end, x.whole(), sums);
                scale(sums, scales, (first + group) * SCALE_BYTES, group, end, x.scales(), x.sums(), apart);
            }
            for (int i = 0; i < TILE / 2; i++) {
                y[row + 2 * i] = apart[i];
                y[row + 2 * i + 1] = apart[TILE / 2 + i];
            }
        }
    }

    /** For each group of a tile in {@code [from, to)}, two sums of 16 whole products: [groups, 2, 32]. */
    private static void sum(MemorySegment memory, long start, int from, int to, int[] x, short[] sums) {
        long at = start;
        int input = from * GROUP;
        for (int group = 0; group < to - from; group++) {
            ShortVector a = ShortVector.zero(Lanes.SHORTS);
            ShortVector b = a;
            ShortVector c = a;
            ShortVector d = a;
            // Two vectors a turn: one is a tenth slower, four are five times slower (C2's limit).
            for (int i = 0; i < GROUP; i += 8, at += 2 * STEP_BYTES, input += 8) {
                ShortVector v = ShortVector.fromMemorySegment(Lanes.SHORTS, memory, at, Lanes.LITTLE);
                a = a.add(v.and(NIBBLE).mul(doubled(x[input])));
                b = b.add(v.lanewise(VectorOperators.LSHR, 4).and(NIBBLE).mul(doubled(x[input + 1])));
                c = c.add(v.lanewise(VectorOperators.LSHR, 8).and(NIBBLE).mul(doubled(x[input + 2])));
                d = d.add(v.lanewise(VectorOperators.LSHR, 12).mul(doubled(x[input + 3])));
                v = ShortVector.fromMemorySegment(Lanes.SHORTS, memory, at + STEP_BYTES, Lanes.LITTLE);
                a = a.add(v.and(NIBBLE).mul(doubled(x[input + 4])));
                b = b.add(v.lanewise(VectorOperators.LSHR, 4).and(NIBBLE).mul(doubled(x[input + 5])));
                c = c.add(v.lanewise(VectorOperators.LSHR, 8).and(NIBBLE).mul(doubled(x[input + 6])));
                d = d.add(v.lanewise(VectorOperators.LSHR, 12).mul(doubled(x[input + 7])));
            }
            a.add(b).intoArray(sums, group * 2 * TILE);
            c.add(d).intoArray(sums, group * 2 * TILE + TILE);
        }
    }

    /** Adds those groups' products, in float32: of even rows, then of odd ones. */
    private static void scale(
            short[] sums,
            MemorySegment scales,
            long start,
            int from,
            int to,
            float[] xScales,
            float[] xSums,
            float[] y) {
        FloatVector even = FloatVector.fromArray(Lanes.FLOATS, y, 0);
        FloatVector odd = FloatVector.fromArray(Lanes.FLOATS, y, TILE / 2);
        long at = start;
        for (int group = 0; group < to - from; group++, at += SCALE_BYTES) {
            IntVector ab =
                    ShortVector.fromArray(Lanes.SHORTS, sums, group * 2 * TILE).reinterpretAsInts();
            IntVector cd = ShortVector.fromArray(Lanes.SHORTS, sums, group * 2 * TILE + TILE)
                    .reinterpretAsInts();
            FloatVector xScale = FloatVector.broadcast(Lanes.FLOATS, xScales[from + group]);
            FloatVector xSum = FloatVector.broadcast(Lanes.FLOATS, xSums[from + group]);
            FloatVector centre = xSum.mul(-OFFSET);
            IntVector scale = IntVector.fromMemorySegment(Lanes.INTS, scales, at, Lanes.LITTLE);
            IntVector zero =
                    IntVector.fromMemorySegment(Lanes.INTS, scales, at + (long) TILE * Short.BYTES, Lanes.LITTLE);
            FloatVector evens = (FloatVector) ab.lanewise(VectorOperators.LSHL, Short.SIZE)
                    .lanewise(VectorOperators.ASHR, Short.SIZE)
                    .add(cd.lanewise(VectorOperators.LSHL, Short.SIZE).lanewise(VectorOperators.ASHR, Short.SIZE))
                    .convert(VectorOperators.I2F, 0);
            FloatVector odds = (FloatVector) ab.lanewise(VectorOperators.ASHR, Short.SIZE)
                    .add(cd.lanewise(VectorOperators.ASHR, Short.SIZE))
                    .convert(VectorOperators.I2F, 0);
            even = Bf16.lower(zero).fma(xSum, Bf16.lower(scale).fma(evens.fma(xScale, centre), even));
            odd = Bf16.upper(zero).fma(xSum, Bf16.upper(scale).fma(odds.fma(xScale, centre), odd));
        }
        even.intoArray(y, 0);
        odd.intoArray(y, TILE / 2);
    }

    private static ShortVector doubled(int x) {
        return IntVector.broadcast(Lanes.INTS, x).reinterpretAsShorts();
    }
}
