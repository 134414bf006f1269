package org.carafe.inference.torch;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.carafe.models.architecture.TensorPlan;
import org.carafe.models.tensor.Tensor;
import org.carafe.models.tensor.TensorType;

/** Random weights of any stored type, of the size that trained ones have (layouts: ggml-common.h). */
final class RandomBlocks {
    private final TensorType type;
    private final Random random;

    RandomBlocks(TensorType type, long seed) {
        this.type = type;
        random = new Random(seed);
    }

    /** The type's blocks for matrices, F32 near 1 for norms. */
    Tensor tensor(TensorPlan.Entry entry) {
        boolean norm = entry.shape().size() == 1;
        TensorType stored = norm ? TensorType.F32 : type;
        int elements = (int) Tensor.elements(entry.shape());
        ByteBuffer bytes = ByteBuffer.allocate((int) stored.bytes(elements)).order(ByteOrder.LITTLE_ENDIAN);
        double spread = norm ? 0.1 : 1 / Math.sqrt(entry.shape().getLast());
        while (bytes.hasRemaining()) {
            float value = (float) ((norm ? 1 : 0) + spread * random.nextGaussian());
            switch (stored) {
                case F32 -> bytes.putFloat(value);
                case F16 -> bytes.putShort(Float.floatToFloat16(value));
                case BF16 -> bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
                default -> block(bytes, spread);
            }
        }
        return new Tensor(entry.name(), stored, List.copyOf(entry.shape()), MemorySegment.ofArray(bytes.array()));
    }

    /** Random bits but for the scales, which come first, or last in Q6_K. */
    private void block(ByteBuffer bytes, double spread) {
        byte[] block = new byte[type.blockBytes()];
        random.nextBytes(block);
        ByteBuffer scales = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case Q8_0 -> half(scales, 0, spread / 73);
            case Q4_0 -> half(scales, 0, spread / 4.6);
            case Q5_0 -> half(scales, 0, spread / 9.2);
            case Q4_1 -> {
                half(scales, 0, spread / 4.6);
                half(scales, 2, -7.5 * spread / 4.6);
            }
            case Q5_1 -> {
                half(scales, 0, spread / 9.2);
                half(scales, 2, -15.5 * spread / 9.2);
            }
            case Q4_K -> {
                half(scales, 0, spread / 250);
                half(scales, 2, 7.5 * spread / 250);
            }
            case Q5_K -> {
                half(scales, 0, spread / 500);
                half(scales, 2, 15.5 * spread / 500);
            }
            case Q6_K -> half(scales, block.length - 2, spread / 1350);
            default -> throw new AssertionError(type + " has no blocks");
        }
        bytes.put(block);
    }

    private void half(ByteBuffer block, int at, double value) {
        block.putShort(at, Float.floatToFloat16((float) (value * (0.8 + 0.4 * random.nextDouble()))));
    }
}
