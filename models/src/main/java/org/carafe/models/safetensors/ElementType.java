package org.carafe.models.safetensors;

import java.util.Optional;
import org.carafe.models.tensor.TensorType;
import org.jspecify.annotations.Nullable;

/** The dtypes of the safetensors format. All are measured, since offsets must add up; few can be computed with. */
enum ElementType {
    BOOL(8),
    F4(4),
    F6_E2M3(6),
    F6_E3M2(6),
    U8(8),
    I8(8),
    F8_E5M2(8),
    F8_E4M3(8),
    F8_E8M0(8),
    I16(16),
    U16(16),
    F16(16, TensorType.F16),
    BF16(16, TensorType.BF16),
    I32(32),
    U32(32),
    F32(32, TensorType.F32),
    C64(64),
    F64(64),
    I64(64),
    U64(64);

    private final int bits;
    private final @Nullable TensorType tensorType;

    ElementType(int bits) {
        this(bits, null);
    }

    ElementType(int bits, @Nullable TensorType tensorType) {
        this.bits = bits;
        this.tensorType = tensorType;
    }

    /** Bits of an element. */
    int bits() {
        return bits;
    }

    /** The type to compute with, if there is one. */
    Optional<TensorType> tensorType() {
        return Optional.ofNullable(tensorType);
    }

    /** The type of that name, null if there is none. */
    static @Nullable ElementType of(String name) {
        for (ElementType type : values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        return null;
    }
}
