package org.carafe.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.carafe.models.GoldenCheckpoints;
import org.carafe.models.SafetensorsBuilder;
import org.carafe.models.TestDirectories;
import org.carafe.models.architecture.ConfigReader;
import org.carafe.models.architecture.Families;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.architecture.TensorNames;
import org.carafe.models.architecture.TensorPlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that call the same weights otherwise. */
class TensorNamingTest {
    private static final String TINY_GEMMA3 =
            "{\"architectures\": [\"Gemma3ForConditionalGeneration\"], \"text_config\": {"
                    + "\"vocab_size\": 512, \"hidden_size\": 8, \"intermediate_size\": 16, \"num_hidden_layers\": 2,"
                    + " \"num_attention_heads\": 2, \"num_key_value_heads\": 1, \"head_dim\": 4}}";

    @TempDir
    Path temporary;

    @Test
    void aMixtralWithFusedExpertsHasTheSameWeights() throws IOException {
        try (Checkpoint classic = Checkpoints.open(GoldenCheckpoints.directory("mixtral"))) {
            Path directory = TestDirectories.copyOf("mixtral", temporary);
            Files.delete(directory.resolve("model.safetensors"));
            fused(classic).write(directory.resolve("model.safetensors"));
            try (Checkpoint fused = Checkpoints.open(directory)) {
                for (TensorPlan.Entry entry : TensorPlan.of(classic.spec()).entries()) {
                    assertThat(bytes(fused, entry)).isEqualTo(bytes(classic, entry));
                }
                assertThat(fused.fingerprint()).isEqualTo(classic.fingerprint());
            }
        }
    }

    private static SafetensorsBuilder fused(Checkpoint classic) {
        SafetensorsBuilder file = new SafetensorsBuilder();
        for (TensorPlan.Entry entry : TensorPlan.of(classic.spec()).entries()) {
            if (entry.name().contains(TensorNames.ROUTER)) {
                file.add(entry.name().replace("block_sparse_moe", "mlp"), entry.shape(), bytes(classic, entry));
            } else if (!entry.name().contains("experts")) {
                file.add(entry.name(), entry.shape(), bytes(classic, entry));
            }
        }
        for (int layer = 0; layer < classic.spec().layers().size(); layer++) {
            ByteArrayOutputStream gateUp = new ByteArrayOutputStream();
            ByteArrayOutputStream down = new ByteArrayOutputStream();
            for (int expert = 0; expert < 8; expert++) {
                gateUp.writeBytes(bytes(classic, entry(layer, TensorNames.expertGate(expert), 96, 64)));
                gateUp.writeBytes(bytes(classic, entry(layer, TensorNames.expertUp(expert), 96, 64)));
                down.writeBytes(bytes(classic, entry(layer, TensorNames.expertDown(expert), 64, 96)));
            }
            String prefix = "model.layers." + layer + ".mlp.experts.";
            file.add(prefix + "gate_up_proj", List.of(8L, 192L, 64L), gateUp.toByteArray());
            file.add(prefix + "down_proj", List.of(8L, 64L, 96L), down.toByteArray());
        }
        return file;
    }

    @ParameterizedTest
    @ValueSource(strings = {"language_model.model.", "model.language_model.", "model."})
    void aMultimodalGemma3sTextPartIsFoundUnderEachPrefix(String prefix) throws IOException {
        Path directory = gemma3(prefix, 8);
        try (Checkpoint checkpoint = Checkpoints.open(directory)) {
            ModelSpec spec = checkpoint.spec();
            assertThat(spec.tiedEmbeddings()).isTrue();
            assertThat(checkpoint.weightBytes())
                    .isEqualTo(4 * TensorPlan.of(spec).parameters());
            assertThat(checkpoint.hasTensor(TensorNames.weight(1, TensorNames.QUERY_NORM)))
                    .isTrue();
        }
    }

    @Test
    void aWrongShapeUnderAPrefixIsNamedAsTheFileNamesIt() throws IOException {
        Path directory = gemma3("language_model.model.", 16);
        assertThatThrownBy(() -> Checkpoints.open(directory))
                .hasMessageContaining("language_model.model.embed_tokens.weight of shape [512, 16]")
                .hasMessageContaining("[512, 8]");
    }

    /** With a tensor of the vision tower, which is not read. */
    private Path gemma3(String prefix, long embeddingWidth) throws IOException {
        Path directory = TestDirectories.copyOf("gemma2", temporary);
        Files.writeString(directory.resolve("config.json"), TINY_GEMMA3);
        SafetensorsBuilder file = new SafetensorsBuilder().add("vision_tower.x", List.of(3L), new byte[12]);
        for (TensorPlan.Entry entry : TensorPlan.of(spec(directory)).entries()) {
            boolean embedding = entry.name().equals(TensorNames.EMBEDDING);
            List<Long> shape = embedding ? List.of(512L, embeddingWidth) : entry.shape();
            int elements = shape.stream().mapToInt(Long::intValue).reduce(1, (a, b) -> a * b);
            file.add(entry.name().replaceFirst("^model\\.", prefix), shape, new byte[4 * elements]);
        }
        Files.delete(directory.resolve("model.safetensors"));
        file.write(directory.resolve("model.safetensors"));
        return directory;
    }

    private static ModelSpec spec(Path directory) {
        return Families.resolve(ConfigReader.of("config.json", JsonFiles.read(directory.resolve("config.json"))))
                .spec();
    }

    private static TensorPlan.Entry entry(int layer, String part, long rows, long columns) {
        return new TensorPlan.Entry(TensorNames.weight(layer, part), List.of(rows, columns));
    }

    private static byte[] bytes(Checkpoint checkpoint, TensorPlan.Entry entry) {
        long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
        return checkpoint.tensor(entry.name(), shape).data().toArray(ValueLayout.JAVA_BYTE);
    }
}
