package org.carafe.models.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCheckpointTest {
    @TempDir
    Path folder;

    @Test
    void itsFilesAreWrittenWholeAndNothingElseIsLeft() throws Exception {
        DemoCheckpoint.extractTo(folder);
        DemoCheckpoint.extractTo(folder);
        assertThat(folder.toFile().list())
                .containsExactlyInAnyOrder(
                        "README.md",
                        "config.json",
                        "generation_config.json",
                        "model.safetensors",
                        "tokenizer.json",
                        "tokenizer_config.json");
        assertThat(Files.size(folder.resolve("model.safetensors"))).isGreaterThan(500_000);
        assertThat(folder.resolve("README.md")).content().contains("noise");
    }
}
