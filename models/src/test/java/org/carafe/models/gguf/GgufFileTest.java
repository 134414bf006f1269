package org.carafe.models.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.util.List;
import org.carafe.models.CheckpointException;
import org.carafe.models.GoldenCheckpoints;
import org.carafe.models.Mutations;
import org.carafe.models.architecture.ConfigReader;
import org.carafe.models.architecture.Families;
import org.carafe.models.tensor.Tensor;
import org.junit.jupiter.api.Test;

class GgufFileTest {
    @Test
    void metadataOfEveryTypeIsRead() {
        GgufFile file = new GgufBuilder()
                .pair("u8", 0, writer -> writer.int8(200))
                .pair("i8", 1, writer -> writer.int8(-3))
                .pair("u16", 2, writer -> writer.int16(65_535))
                .pair("i16", 3, writer -> writer.int16(-4))
                .pair("u32", 4, writer -> writer.int32(-1))
                .pair("i32", 5, writer -> writer.int32(-1))
                .pair("f32", 6, writer -> writer.int32(Float.floatToIntBits(0.5f)))
                .pair("bool", 7, writer -> writer.int8(1))
                .pair("string", 8, writer -> writer.string("é"))
                .pair("u64", 10, writer -> writer.int64(1L << 40))
                .pair("i64", 11, writer -> writer.int64(-5))
                .pair("f64", 12, writer -> writer.int64(Double.doubleToLongBits(0.25)))
                .pair("array", 9, writer -> writer.int32(8).int64(2).string("a").string("b"))
                .file("x");
        assertThat(file.metadata().values())
                .containsEntry("u8", 200L)
                .containsEntry("i8", -3L)
                .containsEntry("u16", 65_535L)
                .containsEntry("i16", -4L)
                .containsEntry("u32", 4_294_967_295L)
                .containsEntry("i32", -1L)
                .containsEntry("f32", 0.5)
                .containsEntry("bool", true)
                .containsEntry("string", "é")
                .containsEntry("u64", 1L << 40)
                .containsEntry("i64", -5L)
                .containsEntry("f64", 0.25)
                .containsEntry("array", List.of("a", "b"));
    }

    @Test
    void shapesAreOutermostFirst() {
        GgufFile file = new GgufBuilder().tensor("t", 0, 0, 3, 2).data(24).file("x");
        Tensor tensor = file.find("t").orElseThrow();
        assertThat(tensor.shape()).containsExactly(2L, 3L);
        assertThat(tensor.data().byteSize()).isEqualTo(24);
    }

    @Test
    void whatCannotBeIsNamed() {
        refused(new GgufBuilder().version(1), "is GGUF version 1; supported: 2 and 3");
        refused(new GgufBuilder().version(0x03000000), "big-endian");
        refused(new GgufBuilder().counts(1L << 62, 0), "has 4611686018427387904 tensors; the limit is 1000000");
        refused(new GgufBuilder().counts(0, -1), "has 18446744073709551615 metadata pairs");
        refused(
                new GgufBuilder().pair("k", 8, writer -> writer.int64(1L << 50)),
                "bytes in a metadata string; the limit");
        refused(new GgufBuilder().pair("k", 8, writer -> writer.int64(10_000)), "is truncated: its header goes on");
        refused(
                new GgufBuilder().pair("k", 9, writer -> writer.int32(4).int64(1L << 40)),
                "elements in a metadata array");
        refused(new GgufBuilder().pair("k", 9, writer -> writer.int32(0).int64(8_000_000)), "is truncated");
        refused(new GgufBuilder().pair("k", 13, writer -> {}), "metadata of unknown type 13");
        refused(new GgufBuilder().pair("k", 7, writer -> writer.int8(2)), "a boolean that is neither 0 nor 1");
        refused(
                new GgufBuilder().pair("k", 0, writer -> writer.int8(1)).pair("k", 0, writer -> writer.int8(1)),
                "the metadata key k twice");
        refused(
                new GgufBuilder().pair("k", 9, writer -> {
                    for (int i = 0; i < 10; i++) {
                        writer.int32(9).int64(1);
                    }
                }),
                "nests metadata arrays deeper than 4");
        refused(
                new GgufBuilder().pair("general.alignment", 4, writer -> writer.int32(0)),
                "general.alignment 0, which is not a power of two");
        refused(new GgufBuilder().tensor("t", 0, 0, 1L << 40, 1L << 40), "impossible dimension");
        refused(new GgufBuilder().tensor("t", 0, 0), "has tensor t with 0 dimensions");
        refused(new GgufBuilder().tensor("t", 0, 0, 4).data(8), "is truncated: tensor t takes 16 bytes");
        refused(new GgufBuilder().tensor("t", 0, 16, 4).data(64), "not aligned to 32");
        refused(new GgufBuilder().tensor("t", 0, -32, 4).data(64), "overlaps another");
        refused(new GgufBuilder().tensor("t", 8, 0, 16).data(64), "whose rows do not fill blocks of Q8_0");
        refused(new GgufBuilder().tensor("t", 0, 0, 4).tensor("t", 0, 32, 4).data(64), "tensor t twice");
        refused(new GgufBuilder().tensor("t", 0, 0, 16).tensor("u", 0, 32, 4).data(96), "overlaps another");
    }

    @Test
    void typesThatAreNotReadAreNamedWhenAskedFor() {
        GgufFile file = new GgufBuilder()
                .tensor("iq", 23, 0, 256)
                .tensor("future", 77, 160, 5)
                .data(512)
                .file("x");
        assertThatThrownBy(() -> file.find("iq")).hasMessageContaining("IQ4_XS, which is not supported");
        assertThatThrownBy(() -> file.find("future")).hasMessageContaining("ggml type 77");
    }

    @Test
    void anUnknownArchitectureIsNamedWithWhatIsSupported() {
        GgufFile file = new GgufBuilder()
                .pair("general.architecture", 8, writer -> writer.string("qwen2"))
                .file("q.gguf");
        assertThatThrownBy(() -> GgufConfig.of(file))
                .hasMessage("q.gguf: general.architecture is qwen2, which is not supported; supported: gemma, gemma2,"
                        + " gemma3, llama");
    }

    @Test
    void aPartOfASplitFileSaysHowToJoinThem() {
        GgufFile file = new GgufBuilder()
                .pair("general.architecture", 8, writer -> writer.string("llama"))
                .pair("split.count", 2, writer -> writer.int16(3))
                .file("q.gguf");
        assertThatThrownBy(() -> GgufConfig.of(file)).hasMessageContaining("llama-gguf-split --merge");
    }

    @Test
    void damagedHeadersGiveOneKindOfErrorAndNoOtherHarm() throws IOException {
        byte[] original = Files.readAllBytes(GoldenCheckpoints.path("gguf/llama31-tied-q8_0.gguf"));
        Mutations mutations = new Mutations(22);
        int refused = 0;
        for (int i = 0; i < 2_000; i++) {
            // Two in three hit the first keys and the architecture's numbers, the others the vocabulary and the tensor
            // list.
            byte[] damaged = mutations.of(original, i % 3 == 0 ? 30_000 : 1_200);
            try {
                GgufFile file = GgufFile.of("damaged", MemorySegment.ofArray(damaged));
                Families.resolve(ConfigReader.of("damaged", GgufConfig.of(file)));
            } catch (CheckpointException e) {
                assertThat(e.getMessage()).startsWith("damaged").doesNotContain("\n");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1_000);
    }

    private static void refused(GgufBuilder builder, String message) {
        assertThatThrownBy(() -> builder.file("x.gguf"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("x.gguf ")
                .hasMessageContaining(message);
    }
}
