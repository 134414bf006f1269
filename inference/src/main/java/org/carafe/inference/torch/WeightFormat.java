package org.carafe.inference.torch;

import org.carafe.models.tensor.TensorType;

/** In what linear weights are held. Activations and KV are float32 with {@link #F32}, else bfloat16. */
public enum WeightFormat {
    BF16,
    F32,
    /** Weight-only: int8 with a bf16 scale for each output. */
    INT8,
    /**
     * 4 bits with a bf16 scale and zero for each {@link TorchOptions#INT4_GROUP} inputs of an output. Weight-only in PyTorch; where one
     * sequence decodes alone, activations are rounded to 8 bits with a scale for as many.
     */
    INT4;

    static final int TORCH_FLOAT32 = 6;
    static final int TORCH_BFLOAT16 = 15;

    /**
     * The natural format of a checkpoint. F16 becomes BF16: CPUs without AVX512-FP16 have no fast f16 arithmetic, float32 would take
     * twice the memory, and the bits that are lost are fewer than those of any quantization. GGUF's quantized types become the
     * format of their size.
     */
    public static WeightFormat of(TensorType type) {
        return switch (type) {
            case F32 -> F32;
            case BF16, F16 -> BF16;
            case Q8_0, Q5_0, Q5_1, Q5_K, Q6_K -> INT8;
            case Q4_0, Q4_1, Q4_K -> INT4;
        };
    }

    /** PyTorch's number of the dtype of activations and KV. */
    int computeType() {
        return this == F32 ? TORCH_FLOAT32 : TORCH_BFLOAT16;
    }

    /** Bytes of an element of activations and KV. */
    public int computeBytes() {
        return this == F32 ? Float.BYTES : Short.BYTES;
    }

    /** Bytes that a linear weight of this many elements takes, scales included. */
    long weightBytes(long elements) {
        return switch (this) {
            case BF16 -> 2 * elements;
            case F32 -> 4 * elements;
            case INT8 -> elements;
            // Twice: PyTorch's kernel and Java's read different layouts.
            case INT4 -> 2 * (elements / 2 + elements / TorchOptions.INT4_GROUP * 2 * Short.BYTES);
        };
    }
}
