package org.carafe.inference.vector;

/** A linear's weight, outputs by inputs, in memory that somebody else keeps alive. */
public sealed interface Matrix permits Bf16Matrix, F32Matrix, Int8Matrix, Int4Matrix {
    /** What a piece of work reads: some microseconds of it. */
    int PIECE_BYTES = 256 << 10;

    /**
     * How many rows row-major kernels take together where activations are not near. Where they are, one long run of weights is what hardware
     * reads ahead best.
     */
    int ROWS_TOGETHER = 4;

    int outputs();

    int inputs();

    /** Outputs are computed so many at a time. */
    int tile();

    /** Bytes that are read for a row. */
    long rowBytes();

    /** Rows that a thread takes at a time: enough to be worth a claim, few enough that all threads end together. */
    default int pieceRows() {
        long rows = Math.max(1, PIECE_BYTES / rowBytes());
        return (int) Math.min(outputs(), Math.ceilDiv(rows, tile()) * tile());
    }

    /** {@code y[row] = weight[row] . x} for rows in {@code [from, to)}; both are multiples of the tile, or {@link #outputs}. */
    void multiply(Activations x, float[] y, int from, int to);
}
