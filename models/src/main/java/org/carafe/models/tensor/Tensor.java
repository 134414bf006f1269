package org.carafe.models.tensor;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A tensor of a checkpoint, row-major.
 *
 * @param name as a runner asks for it (see {@code architecture.TensorNames})
 * @param shape outermost first, as in PyTorch: a linear layer's weight is {@code [out, in]}
 * @param data exactly {@code type.bytes(elements)} bytes; usually a read-only mapping of the file, valid until the checkpoint closes,
 *     else memory that is freed once no tensor refers to it
 */
public record Tensor(String name, TensorType type, List<Long> shape, MemorySegment data) {
    public Tensor {
        shape = List.copyOf(shape);
        long expected = type.bytes(elements(shape));
        if (data.byteSize() != expected) {
            throw new IllegalArgumentException(
                    name + ": " + type + shape + " needs " + expected + " bytes, not " + data.byteSize());
        }
    }

    /** Number of elements. */
    public long elements() {
        return elements(shape);
    }

    /** The product of the dimensions. */
    public static long elements(List<Long> shape) {
        long product = 1;
        for (long dimension : shape) {
            product = Math.multiplyExact(product, dimension);
        }
        return product;
    }
}
