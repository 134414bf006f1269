package org.carafe.inference.vector;

/** A matrix whose rows are read one at a time: the embedding. */
public sealed interface Table permits Bf16Matrix, Int8Matrix {
    /** Reads a row into the beginning of y. */
    void row(int row, float[] y);
}
