package org.carafe.models.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.stream.LongStream;

/**
 * Converts tensors of any type to F32 or BF16 (rounded to nearest even), rows in parallel on the common pool. Values are those of
 * ggml's reference ({@code dequantize_row_*} in ggml-quants.c). Stateless.
 */
public final class Dequantizer {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    /** Enough work for a task to be worth handing over, and little enough to stay in the second-level cache. */
    private static final int TASK_ELEMENTS = 1 << 15;

    private Dequantizer() {}

    /** Rows of a tensor: all dimensions but the last multiplied. */
    public static long rows(Tensor tensor) {
        return tensor.elements() / rowElements(tensor);
    }

    /**
     * Converts rows {@code [rowBegin, rowEnd)}.
     *
     * @param target {@link TensorType#F32} or {@link TensorType#BF16}
     * @param out receives exactly these rows, little endian, from its start on
     */
    public static void convert(Tensor tensor, long rowBegin, long rowEnd, TensorType target, MemorySegment out) {
        if (target != TensorType.F32 && target != TensorType.BF16) {
            throw new IllegalArgumentException("converts to F32 or BF16, not " + target);
        }
        long rowElements = rowElements(tensor);
        long begin = Math.multiplyExact(rowBegin, rowElements);
        long end = Math.multiplyExact(rowEnd, rowElements);
        if (begin < 0 || end < begin || end > tensor.elements() || target.bytes(end - begin) > out.byteSize()) {
            throw new IllegalArgumentException("rows [" + rowBegin + ", " + rowEnd + ") of " + tensor.name()
                    + tensor.shape() + " do not fit " + out.byteSize() + " bytes");
        }
        MemorySegment in =
                tensor.data().asSlice(tensor.type().bytes(begin), tensor.type().bytes(end - begin));
        if (tensor.type() == target) {
            MemorySegment.copy(in, 0, out, 0, in.byteSize());
            return;
        }
        long elements = end - begin;
        // Tasks hold whole blocks, not rows: a vocabulary-wide row and a thousand short ones split alike.
        long tasks = Math.ceilDiv(elements, (long) TASK_ELEMENTS);
        LongStream.range(0, tasks).parallel().forEach(task -> {
            long from = task * TASK_ELEMENTS;
            int count = (int) Math.min(TASK_ELEMENTS, elements - from);
            float[] values = decode(tensor.type(), in, from, count);
            store(values, target, out, from);
        });
    }

    /** Converts a whole tensor. */
    public static void convert(Tensor tensor, TensorType target, MemorySegment out) {
        convert(tensor, 0, rows(tensor), target, out);
    }

    private static long rowElements(Tensor tensor) {
        return tensor.shape().isEmpty() ? 1 : tensor.shape().getLast();
    }

    private static float[] decode(TensorType type, MemorySegment in, long from, int count) {
        float[] values = new float[count];
        switch (type) {
            case F32 -> MemorySegment.copy(in, FLOAT, 4 * from, values, 0, count);
            case F16 -> {
                short[] halves = new short[count];
                MemorySegment.copy(in, SHORT, 2 * from, halves, 0, count);
                for (int i = 0; i < count; i++) {
                    values[i] = Float.float16ToFloat(halves[i]);
                }
            }
            case BF16 -> {
                short[] halves = new short[count];
                MemorySegment.copy(in, SHORT, 2 * from, halves, 0, count);
                for (int i = 0; i < count; i++) {
                    values[i] = Float.intBitsToFloat(halves[i] << 16);
                }
            }
            case Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K -> {
                byte[] blocks = new byte[(int) type.bytes(count)];
                MemorySegment.copy(in, ValueLayout.JAVA_BYTE, type.bytes(from), blocks, 0, blocks.length);
                int blockElements = type.blockElements();
                for (int i = 0, at = 0; i < count; i += blockElements, at += type.blockBytes()) {
                    decodeBlock(type, blocks, at, values, i);
                }
            }
        }
        return values;
    }

    private static void decodeBlock(TensorType type, byte[] blocks, int at, float[] values, int i) {
        switch (type) {
            case Q8_0 -> SmallBlocks.q8_0(blocks, at, values, i);
            case Q4_0 -> SmallBlocks.q4_0(blocks, at, values, i);
            case Q4_1 -> SmallBlocks.q4_1(blocks, at, values, i);
            case Q5_0 -> SmallBlocks.q5_0(blocks, at, values, i);
            case Q5_1 -> SmallBlocks.q5_1(blocks, at, values, i);
            case Q4_K -> SuperBlocks.q4_K(blocks, at, values, i);
            case Q5_K -> SuperBlocks.q5_K(blocks, at, values, i);
            case Q6_K -> SuperBlocks.q6_K(blocks, at, values, i);
            case F32, F16, BF16 -> throw new AssertionError("plain types have no blocks");
        }
    }

    private static void store(float[] values, TensorType target, MemorySegment out, long from) {
        if (target == TensorType.F32) {
            MemorySegment.copy(values, 0, out, FLOAT, 4 * from, values.length);
            return;
        }
        short[] halves = new short[values.length];
        for (int i = 0; i < halves.length; i++) {
            halves[i] = toBfloat16(values[i]);
        }
        MemorySegment.copy(halves, 0, out, SHORT, 2 * from, halves.length);
    }

    /** The upper half of the float, rounded to nearest even; a NaN stays one. */
    static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int rounded = (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
        return (short) (Float.isNaN(value) ? (bits >>> 16) | 0x40 : rounded);
    }
}
