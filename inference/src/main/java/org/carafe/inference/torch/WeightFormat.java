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

    /** The kernel's rows come in such tiles. */
    private static final int INT4_OUTPUTS = 16;

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

    /** Whether linears are held in fewer bits than activations. */
    boolean isQuantized() {
        return this == INT8 || this == INT4;
    }

    /** What a linear of that shape is held in: this where its kernel takes the shape, else the next wider one. */
    WeightFormat of(long outputs, long inputs) {
        return this == INT4 && (outputs % INT4_OUTPUTS != 0 || inputs % TorchOptions.INT4_GROUP != 0) ? INT8 : this;
    }

    /** What the output head is held in: 8 bits under int4, too. Its kernels take the same time there, and logits stay closer. */
    WeightFormat ofHead() {
        return this == INT4 ? INT8 : this;
    }

    /** Bytes of a linear that is held in this, scales included: a bf16 for each output, or two for each group of int4. */
    long bytes(long outputs, long inputs) {
        return switch (this) {
            case BF16, F32 -> outputs * inputs * computeBytes();
            case INT8 -> outputs * (inputs + Short.BYTES);
            case INT4 -> outputs * (inputs / 2 + inputs / TorchOptions.INT4_GROUP * 2 * Short.BYTES);
        };
    }
}
