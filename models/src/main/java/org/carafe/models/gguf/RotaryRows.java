package org.carafe.models.gguf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.carafe.models.tensor.Tensor;

/**
 * Undoes how llama.cpp orders the rows of query and key projections for its llama architecture: it rotates neighbours (2j, 2j + 1)
 * where Hugging Face rotates halves (j, j + headDim / 2), so its converter interleaves the two halves of every head.
 */
public final class RotaryRows {
    private RotaryRows() {}

    /**
     * A copy with the halves of every head together again. Rows are moved whole, so that quantized ones need no decoding.
     *
     * @param tensor {@code [heads * headDim, in]}, or a bias {@code [heads * headDim]}
     */
    public static Tensor restore(Tensor tensor, int headDim) {
        long rows = tensor.shape().getFirst();
        long rowBytes = tensor.data().byteSize() / rows;
        // Freed by the collector once no tensor refers to it: a checkpoint hands out as many copies as it is asked for.
        MemorySegment copy = Arena.ofAuto().allocate(tensor.data().byteSize(), 64);
        int half = headDim / 2;
        for (long head = 0; head < rows; head += headDim) {
            for (int j = 0; j < half; j++) {
                for (int side = 0; side < 2; side++) {
                    long from = head + 2L * j + side;
                    long to = head + (long) side * half + j;
                    MemorySegment.copy(tensor.data(), from * rowBytes, copy, to * rowBytes, rowBytes);
                }
            }
        }
        return new Tensor(tensor.name(), tensor.type(), tensor.shape(), copy.asReadOnly());
    }
}
