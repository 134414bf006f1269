package org.carafe.inference.vector;

/** A linear's weight, outputs by inputs, in memory that somebody else keeps alive. */
public sealed interface Matrix permits Bf16Matrix, F32Matrix, Int8Matrix, Int4Matrix {
    int outputs();

    int inputs();

    /** Outputs are computed so many at a time; a share of the work begins at a multiple. */
    int tile();

    /** {@code y[row] = weight[row] . x} for rows in {@code [from, to)}; both are multiples of the tile, or {@link #outputs}. */
    void multiply(Activations x, float[] y, int from, int to);
}
