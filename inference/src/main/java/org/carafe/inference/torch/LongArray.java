package org.carafe.inference.torch;

import java.util.Arrays;

/** A growing array of longs. */
final class LongArray {
    private long[] values = new long[64];
    private int size;

    void add(long value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = value;
    }

    void add(long... more) {
        for (long value : more) {
            add(value);
        }
    }

    void clear() {
        size = 0;
    }

    int size() {
        return size;
    }

    /** The array itself; what lies behind {@link #size} is meaningless. */
    long[] values() {
        return values;
    }

    long[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
