package org.carafe.models.gguf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Reads metadata values: types as numbered by the format (gguf.md, {@code gguf_metadata_value_type}). */
final class GgufValueReader {
    private static final long STRING_BYTES_MAX = 16L << 20;
    /** Elements of all arrays together: the largest vocabularies have 262k tokens, scores and types, and 0.5M merges. */
    private static final long ARRAY_ELEMENTS_MAX = 1 << 23;

    private static final int NESTING_MAX = 4;

    private final GgufCursor cursor;
    private long elements;

    GgufValueReader(GgufCursor cursor) {
        this.cursor = cursor;
    }

    /** A value with its type before it. */
    Object value() {
        return value(cursor.int32(), 0);
    }

    private Object value(int type, int depth) {
        return switch (type) {
            case 0 -> (long) Byte.toUnsignedInt(cursor.int8());
            case 1 -> (long) cursor.int8();
            case 2 -> (long) Short.toUnsignedInt(cursor.int16());
            case 3 -> (long) cursor.int16();
            case 4 -> Integer.toUnsignedLong(cursor.int32());
            case 5 -> (long) cursor.int32();
            case 6 -> (double) Float.intBitsToFloat(cursor.int32());
            case 7 -> bool(cursor.int8());
            case 8 -> cursor.string("a metadata string", STRING_BYTES_MAX);
            case 9 -> array(depth);
            case 10 -> cursor.count("as an unsigned metadata value", Long.MAX_VALUE);
            case 11 -> cursor.int64();
            case 12 -> Double.longBitsToDouble(cursor.int64());
            default -> throw cursor.bad("has metadata of unknown type " + Integer.toUnsignedString(type));
        };
    }

    private boolean bool(byte value) {
        if (value != 0 && value != 1) {
            throw cursor.bad("has a boolean that is neither 0 nor 1");
        }
        return value == 1;
    }

    private List<Object> array(int depth) {
        if (depth == NESTING_MAX) {
            throw cursor.bad("nests metadata arrays deeper than " + NESTING_MAX);
        }
        int type = cursor.int32();
        long count = cursor.count("elements in a metadata array", ARRAY_ELEMENTS_MAX);
        elements += count;
        if (elements > ARRAY_ELEMENTS_MAX) {
            throw cursor.bad("has more than " + ARRAY_ELEMENTS_MAX + " elements in metadata arrays");
        }
        // Grows as elements turn up: a count alone must not allocate.
        List<Object> list = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            list.add(value(type, depth + 1));
        }
        return Collections.unmodifiableList(list);
    }
}
