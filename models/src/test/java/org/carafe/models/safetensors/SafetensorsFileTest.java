package org.carafe.models.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.carafe.models.CheckpointException;
import org.carafe.models.GoldenCheckpoints;
import org.carafe.models.Mutations;
import org.carafe.models.tensor.Tensor;
import org.carafe.models.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {
    @Test
    void aTensorIsASliceOfTheFile() {
        byte[] file = file(
                "{\"__metadata__\":{\"format\":\"pt\"},"
                        + "\"b\":{\"dtype\":\"BF16\",\"shape\":[2,1],\"data_offsets\":[4,8]},"
                        + "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}  ",
                8);
        SafetensorsFile opened = SafetensorsFile.of("x", MemorySegment.ofArray(file));
        Tensor b = opened.find("b").orElseThrow();
        assertThat(b.type()).isEqualTo(TensorType.BF16);
        assertThat(b.shape()).containsExactly(2L, 1L);
        assertThat(b.data().byteSize()).isEqualTo(4);
        assertThat(opened.find("a").orElseThrow().elements()).isEqualTo(1);
        assertThat(opened.find("c")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}} | needs 12 bytes, at data_offsets [0, 8]",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}} | at data_offsets [8, 0]",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}} | is truncated: its tensors take 12 bytes, the file holds 8",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | holds 4 bytes after its last tensor",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | leaves a hole before it",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | overlaps",
                "{\"a\":{\"dtype\":\"F33\",\"shape\":[2],\"data_offsets\":[0,8]}} | unknown dtype F33",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}} | impossible a: shape",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,2],\"data_offsets\":[0,8]}} | impossible shape",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]}} | impossible a: shape",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}} | lacks dtype, shape or two data_offsets",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}} | unknown key",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | not JSON: Duplicate field 'a'",
                "{\"a\":[]} | is not as the safetensors format wants it",
                "[] | is not as the safetensors format wants it",
                "{} {} | text after its JSON object",
                "{\"a\": | not JSON"
            })
    void aBadHeaderIsNamed(String json, String message) {
        assertThatThrownBy(() -> SafetensorsFile.of("w.safetensors", MemorySegment.ofArray(file(json, 8))))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("w.safetensors ")
                .hasMessageContaining(message);
    }

    @Test
    void anElementTypeThatIsNotComputedWithIsNamedWhenAskedFor() {
        byte[] file = file("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]}}", 8);
        SafetensorsFile opened = SafetensorsFile.of("x", MemorySegment.ofArray(file));
        assertThatThrownBy(() -> opened.find("a"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("F8_E4M3, which is not supported; supported: F32, F16, BF16");
    }

    @Test
    void aGitLfsPointerSaysWhatToDo() {
        byte[] pointer =
                "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> SafetensorsFile.of("x", MemorySegment.ofArray(pointer)))
                .hasMessageContaining("git lfs pull");
    }

    @Test
    void damagedHeadersGiveOneKindOfErrorAndNoOtherHarm() throws IOException {
        byte[] original = Files.readAllBytes(
                GoldenCheckpoints.directory("llama31-tied").resolve("model-00002-of-00002.safetensors"));
        int headerBytes = 8
                + (int) ByteBuffer.wrap(original).order(ByteOrder.LITTLE_ENDIAN).getLong();
        Mutations mutations = new Mutations(21);
        int refused = 0;
        for (int i = 0; i < 5_000; i++) {
            byte[] damaged = mutations.of(original, headerBytes);
            try {
                SafetensorsFile file = SafetensorsFile.of("damaged", MemorySegment.ofArray(damaged));
                assertThat(file.find("absent")).isEmpty();
            } catch (CheckpointException e) {
                assertThat(e.getMessage()).startsWith("damaged ").doesNotContain("\n");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(4_000);
    }

    private static byte[] file(String json, int dataBytes) {
        byte[] header = json.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + header.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .array();
    }
}
