package org.carafe.models.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.carafe.models.GoldenCheckpoints;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DequantizerTest {
    private static final int ROW = 256;
    private static final int ROWS = 16;

    @ParameterizedTest
    @EnumSource(
            value = TensorType.class,
            names = {"Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"})
    void quantizedBlocksBecomeWhatGgmlMakesOfThem(TensorType type) throws IOException {
        float[] expected = floats(Files.readAllBytes(GoldenCheckpoints.path("blocks/" + type + ".f32")));
        float[] actual = toFloats(blocks(type), 0, ROWS);

        assertThat(actual).hasSameSizeAs(expected);
        float largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            // ggml's compiler fuses multiply and subtract, which rounds once instead of twice.
            assertThat(actual[i]).as("element %d", i).isCloseTo(expected[i], within(2e-7f * largest));
        }
    }

    @ParameterizedTest
    @EnumSource(TensorType.class)
    void aRangeOfRowsIsTheSameAsThoseRowsOfTheWhole(TensorType type) throws IOException {
        Tensor tensor = type.isQuantized() ? blocks(type) : plain(type);
        float[] whole = toFloats(tensor, 0, ROWS);
        Random random = new Random(3);
        for (int i = 0; i < 50; i++) {
            int begin = random.nextInt(ROWS);
            int end = begin + random.nextInt(ROWS - begin + 1);
            float[] expected = Arrays.copyOfRange(whole, begin * ROW, end * ROW);
            assertThat(toFloats(tensor, begin, end)).isEqualTo(expected);
        }
    }

    @Test
    void aLargeTensorIsTheSameAsItsBlocksOneByOne() throws IOException {
        Tensor few = blocks(TensorType.Q4_K);
        int copies = 100;
        byte[] bytes = few.data().toArray(ValueLayout.JAVA_BYTE);
        ByteBuffer many = ByteBuffer.allocate(bytes.length * copies);
        for (int i = 0; i < copies; i++) {
            many.put(bytes);
        }
        Tensor large = tensor(TensorType.Q4_K, many.array(), (long) ROWS * copies);
        float[] once = toFloats(few, 0, ROWS);
        float[] all = toFloats(large, 0, ROWS * copies);
        for (int i = 0; i < all.length; i++) {
            assertThat(all[i]).isEqualTo(once[i % once.length]);
        }
    }

    @Test
    void bfloat16IsTheNearestOneAndEvenOnATie() {
        Random random = new Random(11);
        for (int i = 0; i < 100_000; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            short rounded = Dequantizer.toBfloat16(value);
            float back = Float.intBitsToFloat(rounded << 16);
            if (Float.isNaN(value)) {
                assertThat(back).isNaN();
                continue;
            }
            float truncated = Float.intBitsToFloat(Float.floatToRawIntBits(value) & 0xffff0000);
            float away = Float.intBitsToFloat((Float.floatToRawIntBits(value) & 0xffff0000) + 0x10000);
            double below = Math.abs((double) value - truncated);
            // The step beyond the largest finite value counts as the next power of two would.
            double above = Float.isInfinite(away) ? 0x1p120 - below : Math.abs((double) away - value);
            if (below != above) {
                assertThat(back).isEqualTo(below < above ? truncated : away);
            } else {
                assertThat(rounded & 1).isZero();
            }
        }
        assertThat(Dequantizer.toBfloat16(1 + 0x1p-8f)).isEqualTo((short) 0x3f80);
        assertThat(Dequantizer.toBfloat16(1 + 3 * 0x1p-8f)).isEqualTo((short) 0x3f82);
    }

    @Test
    void everyHalfPrecisionNumberIsConvertedExactly() {
        ByteBuffer halves = ByteBuffer.allocate(2 * 65_536).order(ByteOrder.LITTLE_ENDIAN);
        for (int bits = 0; bits < 65_536; bits++) {
            halves.putShort((short) bits);
        }
        float[] values = toFloats(tensor(TensorType.F16, halves.array(), ROW), 0, ROW);
        for (int bits = 0; bits < 65_536; bits++) {
            int exponent = (bits >> 10) & 31;
            int fraction = bits & 1023;
            double sign = (bits & 0x8000) == 0 ? 1 : -1;
            if (exponent == 31) {
                assertThat(Float.isFinite(values[bits])).isFalse();
            } else {
                double magnitude =
                        exponent == 0 ? fraction * 0x1p-24 : (1024 + fraction) * Math.scalb(1.0, exponent - 25);
                assertThat((double) values[bits]).isEqualTo(sign * magnitude);
            }
        }
    }

    @Test
    void rowsOutsideTheTensorAreRefused() throws IOException {
        Tensor tensor = blocks(TensorType.Q8_0);
        MemorySegment out = MemorySegment.ofArray(new byte[64]);
        assertThatThrownBy(() -> Dequantizer.convert(tensor, 0, 17, TensorType.F32, out))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Dequantizer.convert(tensor, 0, 1, TensorType.F32, out))
                .hasMessageContaining("64 bytes");
        assertThatThrownBy(() -> Dequantizer.convert(tensor, 0, 1, TensorType.Q8_0, out))
                .hasMessageContaining("F32 or BF16");
    }

    private static Tensor blocks(TensorType type) throws IOException {
        return tensor(type, Files.readAllBytes(GoldenCheckpoints.path("blocks/" + type + ".bin")), ROWS);
    }

    private static Tensor plain(TensorType type) {
        ByteBuffer bytes = ByteBuffer.allocate((int) type.bytes(ROW * ROWS)).order(ByteOrder.LITTLE_ENDIAN);
        Random random = new Random(5);
        while (bytes.hasRemaining()) {
            float value = (float) random.nextGaussian();
            switch (type) {
                case F32 -> bytes.putFloat(value);
                case F16 -> bytes.putShort(Float.floatToFloat16(value));
                default -> bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
            }
        }
        return tensor(type, bytes.array(), ROWS);
    }

    private static Tensor tensor(TensorType type, byte[] bytes, long rows) {
        return new Tensor("test", type, List.of(rows, (long) ROW), MemorySegment.ofArray(bytes));
    }

    /** Both targets, of which BF16 must be the rounded F32. */
    private static float[] toFloats(Tensor tensor, int begin, int end) {
        byte[] single = new byte[4 * ROW * (end - begin)];
        byte[] halves = new byte[2 * ROW * (end - begin)];
        Dequantizer.convert(tensor, begin, end, TensorType.F32, MemorySegment.ofArray(single));
        Dequantizer.convert(tensor, begin, end, TensorType.BF16, MemorySegment.ofArray(halves));
        float[] values = floats(single);
        ByteBuffer rounded = ByteBuffer.wrap(halves).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            short expected = Dequantizer.toBfloat16(value);
            short actual = rounded.getShort();
            assertThat(actual).isEqualTo(expected);
        }
        return values;
    }

    private static float[] floats(byte[] bytes) {
        float[] values = new float[bytes.length / 4];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }
}
