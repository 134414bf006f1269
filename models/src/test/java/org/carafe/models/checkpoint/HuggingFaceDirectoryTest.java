package org.carafe.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.carafe.models.CheckpointException;
import org.carafe.models.GoldenCheckpoints;
import org.carafe.models.TestDirectories;
import org.carafe.models.architecture.LayerSpec;
import org.carafe.models.architecture.MlpSpec;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.architecture.RopeScaling;
import org.carafe.models.architecture.TensorNames;
import org.carafe.models.architecture.TensorPlan;
import org.carafe.models.tensor.Tensor;
import org.carafe.models.tensor.TensorType;
import org.carafe.models.tokenizer.TextAssets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class HuggingFaceDirectoryTest {
    @SuppressWarnings("unused") // by FieldSource
    static final List<String> golden = GoldenCheckpoints.NAMES;

    @TempDir
    Path temporary;

    @ParameterizedTest
    @FieldSource("golden")
    void everyPlannedWeightIsThereAndFinite(String name) {
        try (Checkpoint checkpoint = Checkpoints.open(GoldenCheckpoints.directory(name))) {
            TensorPlan plan = TensorPlan.of(checkpoint.spec());
            long bytes = 0;
            for (TensorPlan.Entry entry : plan.entries()) {
                Tensor tensor = checkpoint.tensor(
                        entry.name(),
                        entry.shape().stream().mapToLong(Long::longValue).toArray());
                assertThat(tensor.type()).isEqualTo(TensorType.F32);
                for (long i = 0; i < tensor.data().byteSize(); i += 4) {
                    assertThat(tensor.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, i))
                            .isFinite();
                }
                bytes += tensor.data().byteSize();
            }
            assertThat(checkpoint.weightBytes()).isEqualTo(bytes).isEqualTo(4 * plan.parameters());
            assertThat(checkpoint.weightType()).isEqualTo(TensorType.F32);
        }
    }

    @Test
    void aMistralsWindowIsOnEveryLayer() {
        ModelSpec spec = spec("mistral-window");
        assertThat(spec.layers()).hasSize(3).allMatch(layer -> layer.attention().slidingWindow() == 16);
        assertThat(spec.tiedEmbeddings()).isFalse();
    }

    @Test
    void aLlama31ScalesItsRotaryFrequencies() {
        LayerSpec layer = spec("llama31-tied").layers().getFirst();
        assertThat(layer.attention().rope().scaling()).isEqualTo(new RopeScaling.Llama3(8, 1, 4, 64));
        assertThat(layer.attention().rope().theta()).isEqualTo(500_000);
    }

    @Test
    void aGemma2AlternatesWindowsAndCapsItsLogits() {
        ModelSpec spec = spec("gemma2");
        assertThat(spec.layers())
                .extracting(layer -> layer.attention().slidingWindow())
                .containsExactly(16, 0, 16, 0);
        assertThat(spec.layers()).allMatch(LayerSpec::sandwichNorms);
        assertThat(spec.layers().getFirst().attention().scale()).isEqualTo(1 / Math.sqrt(24));
        assertThat(spec.layers().getFirst().attention().logitSoftcap()).isEqualTo(5);
        assertThat(spec.logitSoftcap()).isEqualTo(6);
        assertThat(spec.embeddingScale()).isEqualTo(8);
        assertThat(spec.norm().weightPlusOne()).isTrue();
    }

    @Test
    void aMixtralsLayersChooseTwoOfEightExperts() {
        assertThat(spec("mixtral").layers().getFirst().mlp())
                .isEqualTo(new MlpSpec.Experts(96, MlpSpec.Activation.SILU, 8, 2));
    }

    @Test
    void textAssetsAreWhatTheFilesSay() {
        try (Checkpoint checkpoint = Checkpoints.open(GoldenCheckpoints.directory("llama31-tied"))) {
            TextAssets text = checkpoint.text();
            assertThat(text.beginToken()).isEqualTo("<|begin_of_text|>");
            assertThat(text.endToken()).isEqualTo("<|eot_id|>");
            assertThat(text.addBeginToken()).isTrue();
            assertThat(text.chatTemplates()).containsOnlyKeys("default");
            assertThat(text.tokenizerJson()).startsWith("{");
            assertThat(checkpoint.generation().endTokenIds()).containsExactly(508);
            assertThat(checkpoint.generation().temperature()).isNull();
        }
    }

    @Test
    void fingerprintsTellWeightsApartAndIgnorePlaces() throws IOException {
        Path copy = copy("mistral-window");
        String original = fingerprint(GoldenCheckpoints.directory("mistral-window"));
        assertThat(original).hasSize(64).isEqualTo(fingerprint(copy));
        assertThat(fingerprint(GoldenCheckpoints.directory("llama2-untied"))).isNotEqualTo(original);
    }

    @Test
    void aTruncatedFileIsNamedWithBothSizes() throws IOException {
        Path copy = copy("mistral-window");
        Path weights = copy.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        Files.write(weights, Arrays.copyOf(bytes, bytes.length - 1000));
        assertThatThrownBy(() -> Checkpoints.open(copy))
                .isInstanceOf(CheckpointException.class)
                .hasMessageMatching(
                        "model.safetensors is truncated: its tensors take (\\d+) bytes, the file holds \\d+");
    }

    @Test
    void aMissingShardIsNamed() throws IOException {
        Path copy = copy("llama31-tied");
        Files.delete(copy.resolve("model-00002-of-00002.safetensors"));
        assertThatThrownBy(() -> Checkpoints.open(copy))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("model-00002-of-00002.safetensors");
    }

    @Test
    void shardsWithoutAnIndexAreRefused() throws IOException {
        Path copy = copy("llama31-tied");
        Files.delete(copy.resolve("model.safetensors.index.json"));
        assertThatThrownBy(() -> Checkpoints.open(copy)).hasMessageContaining("lacks model.safetensors.index.json");
    }

    @Test
    void aMissingTensorIsNamedWithItsShape() throws IOException {
        Path copy = copy("mistral-window");
        TestDirectories.edit(copy.resolve("config.json"), "\"num_hidden_layers\": 3", "\"num_hidden_layers\": 4");
        assertThatThrownBy(() -> Checkpoints.open(copy))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("model.safetensors lacks the tensor model.layers.3.input_layernorm.weight [64]");
    }

    @Test
    void aWrongShapeIsNamedWithTheExpectedOne() throws IOException {
        Path copy = copy("mistral-window");
        TestDirectories.edit(copy.resolve("config.json"), "\"intermediate_size\": 160", "\"intermediate_size\": 161");
        assertThatThrownBy(() -> Checkpoints.open(copy))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("mlp.gate_proj.weight of shape [160, 64]")
                .hasMessageContaining("[161, 64]");
    }

    @Test
    void aTokenizerModelAloneSaysHowToConvert() throws IOException {
        Path copy = copy("mistral-window");
        Files.move(copy.resolve("tokenizer.json"), copy.resolve("tokenizer.model"));
        assertThatThrownBy(() -> Checkpoints.open(copy)).hasMessageContaining("AutoTokenizer");
    }

    @Test
    void aClosedCheckpointsTensorsAreGone() {
        Checkpoint checkpoint = Checkpoints.open(GoldenCheckpoints.directory("mixtral"));
        Tensor norm = checkpoint.tensor(TensorNames.FINAL_NORM, 64);
        checkpoint.close();
        checkpoint.close();
        assertThatThrownBy(() -> norm.data().get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
    }

    private static ModelSpec spec(String name) {
        try (Checkpoint checkpoint = Checkpoints.open(GoldenCheckpoints.directory(name))) {
            return checkpoint.spec();
        }
    }

    private static String fingerprint(Path directory) {
        try (Checkpoint checkpoint = Checkpoints.open(directory)) {
            return checkpoint.fingerprint();
        }
    }

    private Path copy(String name) throws IOException {
        return TestDirectories.copyOf(name, temporary);
    }
}
