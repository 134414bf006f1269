package org.carafe.inference;

import java.util.Arrays;

/** A growing list of ints: a sequence's tokens, a sequence's block table. One thread writes. */
public final class IntList implements IntView {
    private int[] values;
    private int size;

    public IntList(int capacity) {
        values = new int[Math.max(capacity, 4)];
    }

    /** A copy of a view with room for more. */
    public static IntList copyOf(IntView source, int capacity) {
        IntList copy = new IntList(Math.max(capacity, source.size()));
        source.copyTo(0, source.size(), copy.values, 0);
        copy.size = source.size();
        return copy;
    }

    /** A list of these ints. */
    public static IntList of(int... values) {
        IntList list = new IntList(values.length);
        System.arraycopy(values, 0, list.values, 0, values.length);
        list.size = values.length;
        return list;
    }

    public void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size + (size >> 1) + 4);
        }
        values[size++] = value;
    }

    public void set(int index, int value) {
        assert index < size : "an index lies inside the list";
        values[index] = value;
    }

    /** Drops all from {@code newSize} on. */
    public void truncate(int newSize) {
        assert newSize >= 0 && newSize <= size : "a list is truncated, never extended";
        size = newSize;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int get(int index) {
        assert index < size : "an index lies inside the list";
        return values[index];
    }

    @Override
    public void copyTo(int from, int count, int[] target, int targetOffset) {
        assert from >= 0 && from + count <= size : "a range lies inside the list";
        System.arraycopy(values, from, target, targetOffset, count);
    }

    @Override
    public String toString() {
        return Arrays.toString(Arrays.copyOf(values, size));
    }
}
