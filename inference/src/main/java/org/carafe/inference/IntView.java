package org.carafe.inference;

/** Read access to a growing list of ints without boxing or copying. */
public interface IntView {
    /** Number of ints. */
    int size();

    /** The int at an index below {@link #size()}. */
    int get(int index);

    /** Copies {@code [from, from + count)} into an array. */
    void copyTo(int from, int count, int[] target, int targetOffset);
}
