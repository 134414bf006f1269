package org.carafe.inference.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** bfloat16: the upper half of a float32. */
final class Bf16 {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Bf16() {}

    /** Of two values an int, as they lie in memory: the first ones as floats. */
    static FloatVector lower(IntVector pairs) {
        return pairs.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats();
    }

    /** Of two values an int: the second ones as floats. */
    static FloatVector upper(IntVector pairs) {
        return pairs.and(Lanes.UPPER).reinterpretAsFloats();
    }

    static float get(MemorySegment memory, long index) {
        return Float.intBitsToFloat(memory.get(SHORT, index * Short.BYTES) << Short.SIZE);
    }

    static void set(MemorySegment memory, long index, float value) {
        memory.set(SHORT, index * Short.BYTES, bits(value));
    }

    /** To the nearest, ties to even; NaN stays NaN. */
    static short bits(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> Short.SIZE) | (1 << 6));
        }
        return (short) ((bits + 0x7FFF + ((bits >>> Short.SIZE) & 1)) >>> Short.SIZE);
    }

    static float round(float value) {
        return Float.intBitsToFloat(bits(value) << Short.SIZE);
    }
}
