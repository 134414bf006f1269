package org.carafe.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.carafe.models.CheckpointException;
import org.carafe.models.GoldenCheckpoints;
import org.carafe.models.Mutations;
import org.carafe.models.TestDirectories;
import org.carafe.models.architecture.TensorPlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a checkpoint's files hold, opening one either works or throws CheckpointException with one line. */
class HostileCheckpointTest {
    @TempDir
    Path temporary;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "config.json",
                "generation_config.json",
                "tokenizer_config.json",
                "model.safetensors.index.json",
                "model-00001-of-00002.safetensors"
            })
    void aDamagedFileOfADirectory(String name) throws IOException {
        Path directory = TestDirectories.copyOf("llama31-tied", temporary);
        Path file = directory.resolve(name);
        byte[] original = Files.readAllBytes(file);
        Mutations mutations = new Mutations(name.hashCode());
        int refused = 0;
        for (int i = 0; i < 250; i++) {
            // A new file each time: rewriting one in place would change mappings that the collector has yet to see.
            Files.delete(file);
            Files.write(file, mutations.of(original, 3000));
            refused += openOrRefuse(directory);
        }
        assertThat(refused).isBetween(1, 250);
    }

    @Test
    void aDamagedGgufFile() throws IOException {
        byte[] original = Files.readAllBytes(GoldenCheckpoints.path("gguf/llama31-tied-q8_0.gguf"));
        Mutations mutations = new Mutations(77);
        int refused = 0;
        for (int i = 0; i < 300; i++) {
            Path file = temporary.resolve(i + ".gguf");
            Files.write(file, mutations.of(original, i % 2 == 0 ? 1_200 : 30_000));
            refused += openOrRefuse(file);
            Files.delete(file);
        }
        assertThat(refused).isBetween(100, 300);
    }

    @Test
    void randomBytesUnderEveryName() throws IOException {
        Random random = new Random(8);
        Path directory = TestDirectories.copyOf("llama31-tied", temporary);
        for (String name : new String[] {"config.json", "tokenizer.json", "model.safetensors", "chat_template.jinja"}) {
            byte[] bytes = new byte[2000];
            random.nextBytes(bytes);
            Path file = directory.resolve(name);
            byte[] original = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
            Files.write(file, bytes);
            assertThatThrownBy(() -> Checkpoints.open(directory)).isInstanceOf(CheckpointException.class);
            Files.delete(file);
            if (original.length > 0) {
                Files.write(file, original);
            }
        }
    }

    @Test
    void deepJsonIsRefusedBeforeItsDepthHurts() throws IOException {
        Path directory = TestDirectories.copyOf("llama31-tied", temporary);
        for (String name : new String[] {"config.json", "tokenizer_config.json", "tokenizer.json"}) {
            byte[] original = Files.readAllBytes(directory.resolve(name));
            Files.writeString(directory.resolve(name), "{\"a\": " + "[".repeat(200_000));
            assertThatThrownBy(() -> Checkpoints.open(directory))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(name);
            Files.write(directory.resolve(name), original);
        }
    }

    @Test
    void aShardOutsideTheDirectoryIsRefused() throws IOException {
        Path directory = TestDirectories.copyOf("llama31-tied", temporary);
        TestDirectories.edit(
                directory.resolve("model.safetensors.index.json"),
                "model-00001-of-00002.safetensors",
                "../llama31-tied/model-00001-of-00002.safetensors");
        assertThatThrownBy(() -> Checkpoints.open(directory)).hasMessageContaining("which is not a file beside it");
    }

    @Test
    void anAbsurdModelIsRefusedBeforeItsPlanIsBuilt() throws IOException {
        Path directory = TestDirectories.copyOf("mixtral", temporary);
        TestDirectories.edit(
                directory.resolve("config.json"), "\"num_local_experts\": 8", "\"num_local_experts\": 1024");
        TestDirectories.edit(
                directory.resolve("config.json"), "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1024");
        assertThatThrownBy(() -> Checkpoints.open(directory))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("3145728 weights; the limit is 200000");
    }

    /** 1 if it was refused. */
    private static int openOrRefuse(Path path) {
        try (Checkpoint checkpoint = Checkpoints.open(path)) {
            for (TensorPlan.Entry entry : TensorPlan.of(checkpoint.spec()).entries()) {
                assertThat(checkpoint.hasTensor(entry.name())).isTrue();
            }
            assertThat(checkpoint.fingerprint()).hasSize(64);
            return 0;
        } catch (CheckpointException e) {
            assertThat(e.getMessage()).isNotBlank();
            assertThat(e.getMessage().getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(4000);
            assertThat(e.getMessage().lines()).hasSize(1);
            return 1;
        }
    }
}
