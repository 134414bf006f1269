package org.carafe.models.gguf;

import java.util.Optional;
import org.carafe.models.tensor.TensorType;
import org.jspecify.annotations.Nullable;

/** ggml's element types by their number in files (ggml.h): to measure every tensor, and to name those that Carafe does not read. */
enum GgufType {
    F32(0, TensorType.F32),
    F16(1, TensorType.F16),
    Q4_0(2, TensorType.Q4_0),
    Q4_1(3, TensorType.Q4_1),
    Q5_0(6, TensorType.Q5_0),
    Q5_1(7, TensorType.Q5_1),
    Q8_0(8, TensorType.Q8_0),
    Q8_1(9, 32, 36),
    Q2_K(10, 256, 84),
    Q3_K(11, 256, 110),
    Q4_K(12, TensorType.Q4_K),
    Q5_K(13, TensorType.Q5_K),
    Q6_K(14, TensorType.Q6_K),
    Q8_K(15, 256, 292),
    IQ2_XXS(16, 256, 66),
    IQ2_XS(17, 256, 74),
    IQ3_XXS(18, 256, 98),
    IQ1_S(19, 256, 50),
    IQ4_NL(20, 32, 18),
    IQ3_S(21, 256, 110),
    IQ2_S(22, 256, 82),
    IQ4_XS(23, 256, 136),
    I8(24, 1, 1),
    I16(25, 1, 2),
    I32(26, 1, 4),
    I64(27, 1, 8),
    F64(28, 1, 8),
    IQ1_M(29, 256, 56),
    BF16(30, TensorType.BF16),
    TQ1_0(34, 256, 54),
    TQ2_0(35, 256, 66),
    MXFP4(39, 32, 17);

    private final int id;
    private final int blockElements;
    private final int blockBytes;
    private final @Nullable TensorType tensorType;

    GgufType(int id, TensorType tensorType) {
        this.id = id;
        this.blockElements = tensorType.blockElements();
        this.blockBytes = tensorType.blockBytes();
        this.tensorType = tensorType;
    }

    GgufType(int id, int blockElements, int blockBytes) {
        this.id = id;
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
        this.tensorType = null;
    }

    /** The type to compute with, if Carafe reads it. */
    Optional<TensorType> tensorType() {
        return Optional.ofNullable(tensorType);
    }

    int blockElements() {
        return blockElements;
    }

    int blockBytes() {
        return blockBytes;
    }

    /** The type of that number. */
    static Optional<GgufType> of(int id) {
        for (GgufType type : values()) {
            if (type.id == id) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
