package org.carafe.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.carafe.models.CheckpointException;
import org.carafe.models.GoldenCheckpoints;
import org.carafe.models.architecture.AttentionSpec;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.architecture.RopeScaling;
import org.carafe.models.architecture.TensorPlan;
import org.carafe.models.tensor.Dequantizer;
import org.carafe.models.tensor.Tensor;
import org.carafe.models.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** GGUF files against the Hugging Face directories they were converted from. */
class GgufCheckpointTest {
    @TempDir
    Path temporary;

    @Test
    void halfPrecisionWeightsAreTheOriginalsRounded() {
        compare("llama2-untied-f16.gguf", "llama2-untied", (name, original) -> original.size() == 1 ? 0 : 1f / 2048);
    }

    @Test
    void queryAndKeyRowsAreBackInHuggingFacesOrder() {
        // In the converter's order most rows would differ by their own size.
        compare("llama31-tied-q8_0.gguf", "llama31-tied", (name, original) -> original.size() == 1 ? 0 : 1f / 120);
    }

    @Test
    void mergedExpertsAreTakenApart() {
        compare(
                "mixtral-q4_0.gguf",
                "mixtral",
                (name, original) -> original.size() == 1 || name.contains("block_sparse_moe.gate.") ? 0 : 1f / 7);
    }

    @Test
    void gemmasNormsStayExactSinceTheSpecSaysWhatIsBakedIn() {
        try (Checkpoint gguf = open("gemma2-bf16.gguf");
                Checkpoint original = Checkpoints.open(GoldenCheckpoints.directory("gemma2"))) {
            assertThat(original.spec().norm().weightPlusOne()).isTrue();
            assertThat(gguf.spec().norm().weightPlusOne()).isFalse();
            for (TensorPlan.Entry entry : TensorPlan.of(gguf.spec()).entries()) {
                float[] expected = values(original, entry);
                float[] actual = values(gguf, entry);
                boolean norm = entry.shape().size() == 1;
                // The converter folded the query scale into q: sqrt(32 / 24).
                double factor = entry.name().contains("q_proj") ? Math.sqrt(32.0 / 24) : 1;
                for (int i = 0; i < expected.length; i++) {
                    float want = norm ? 1 + expected[i] : (float) (factor * expected[i]);
                    assertThat(actual[i]).as(entry.name()).isCloseTo(want, within(norm ? 0f : Math.abs(want) / 250));
                }
            }
        }
    }

    @Test
    void metadataGivesTheSameModelAsConfigJson() {
        try (Checkpoint gguf = open("gemma2-bf16.gguf");
                Checkpoint original = Checkpoints.open(GoldenCheckpoints.directory("gemma2"))) {
            ModelSpec spec = gguf.spec();
            assertThat(spec.logitSoftcap()).isEqualTo(6);
            assertThat(spec.tiedEmbeddings()).isTrue();
            assertThat(spec.contextTokensMax()).isEqualTo(512);
            assertThat(spec.embeddingScale()).isEqualTo(8);
            for (int i = 0; i < spec.layers().size(); i++) {
                AttentionSpec actual = spec.layers().get(i).attention();
                AttentionSpec expected = original.spec().layers().get(i).attention();
                assertThat(actual.slidingWindow()).isEqualTo(expected.slidingWindow());
                assertThat(actual.logitSoftcap()).isEqualTo(expected.logitSoftcap());
                assertThat(actual.rope()).isEqualTo(expected.rope());
                assertThat(actual.scale()).isEqualTo(1 / Math.sqrt(32));
            }
        }
    }

    @Test
    void llama3FrequenciesComeFromTheFilesFactors() {
        try (Checkpoint gguf = open("llama31-tied-q8_0.gguf");
                Checkpoint original = Checkpoints.open(GoldenCheckpoints.directory("llama31-tied"))) {
            AttentionSpec actual = gguf.spec().layers().getFirst().attention();
            AttentionSpec expected = original.spec().layers().getFirst().attention();
            assertThat(actual.rope().scaling()).isInstanceOf(RopeScaling.PerFrequency.class);
            double[] frequencies = actual.rope().inverseFrequencies(8, 1024);
            double[] wanted = expected.rope().inverseFrequencies(8, 1024);
            for (int i = 0; i < wanted.length; i++) {
                assertThat(frequencies[i]).isCloseTo(wanted[i], within(1e-6 * wanted[i]));
            }
            assertThat(gguf.spec().tiedEmbeddings()).isTrue();
            assertThat(gguf.weightType()).isEqualTo(TensorType.Q8_0);
        }
    }

    @Test
    void tokenizerAndTemplateComeFromMetadata() {
        try (Checkpoint gguf = open("llama31-tied-q8_0.gguf")) {
            assertThat(gguf.text().beginToken()).isEqualTo("<|begin_of_text|>");
            assertThat(gguf.text().addBeginToken()).isTrue();
            assertThat(gguf.text().chatTemplates()).containsKey("default");
            assertThat(gguf.text().tokenizerJson()).contains("\"BPE\"");
            assertThat(gguf.generation().endTokenIds()).contains(508);
        }
    }

    @Test
    void aDirectoryWithOneGgufFileIsThatFile() throws IOException {
        Path file = GoldenCheckpoints.path("gguf/mixtral-q4_0.gguf");
        Files.copy(file, temporary.resolve("model.gguf"));
        try (Checkpoint checkpoint = Checkpoints.open(temporary)) {
            assertThat(checkpoint.spec().architecture()).isEqualTo("MixtralForCausalLM");
        }
        Files.copy(file, temporary.resolve("other.gguf"));
        assertThatThrownBy(() -> Checkpoints.open(temporary)).hasMessageContaining("2 .gguf files");
    }

    @Test
    void aTruncatedFileIsNamedWithItsSize() throws IOException {
        byte[] bytes = Files.readAllBytes(GoldenCheckpoints.path("gguf/mixtral-q4_0.gguf"));
        Path cut = temporary.resolve("cut.gguf");
        Files.write(cut, Arrays.copyOf(bytes, bytes.length - 100));
        assertThatThrownBy(() -> Checkpoints.open(cut))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("cut.gguf is truncated")
                .hasMessageContaining("the file holds " + (bytes.length - 100));
    }

    private interface Tolerance {
        /** Largest difference as a part of the largest value in a tensor. */
        float of(String name, List<Long> shape);
    }

    private static void compare(String gguf, String original, Tolerance tolerance) {
        try (Checkpoint actual = open(gguf);
                Checkpoint expected = Checkpoints.open(GoldenCheckpoints.directory(original))) {
            TensorPlan plan = TensorPlan.of(expected.spec());
            assertThat(TensorPlan.of(actual.spec())).isEqualTo(plan);
            for (TensorPlan.Entry entry : plan.entries()) {
                float[] wanted = values(expected, entry);
                float[] got = values(actual, entry);
                float largest = 0;
                for (float value : wanted) {
                    largest = Math.max(largest, Math.abs(value));
                }
                float limit = largest * tolerance.of(entry.name(), entry.shape());
                for (int i = 0; i < wanted.length; i++) {
                    assertThat(got[i]).as(entry.name()).isCloseTo(wanted[i], within(limit));
                }
            }
        }
    }

    private static Checkpoint open(String name) {
        return Checkpoints.open(GoldenCheckpoints.path("gguf/" + name));
    }

    private static float[] values(Checkpoint checkpoint, TensorPlan.Entry entry) {
        Tensor tensor = checkpoint.tensor(
                entry.name(), entry.shape().stream().mapToLong(Long::longValue).toArray());
        MemorySegment out = MemorySegment.ofArray(new byte[(int) (4 * tensor.elements())]);
        Dequantizer.convert(tensor, TensorType.F32, out);
        return out.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }
}
