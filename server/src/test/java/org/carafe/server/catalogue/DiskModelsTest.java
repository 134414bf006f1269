package org.carafe.server.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.carafe.models.demo.DemoCheckpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiskModelsTest {
    @TempDir
    Path folder;

    @Test
    void checkpointsAreListedByTheirPathsAndTheRestIsPassedOver() throws IOException {
        DemoCheckpoint.extractTo(folder.resolve("small"));
        DemoCheckpoint.extractTo(Files.createDirectory(folder.resolve("org")).resolve("large"));
        Files.writeString(folder.resolve("broken.gguf"), "no");
        Files.writeString(folder.resolve("readme.txt"), "models are here");
        Files.createDirectories(folder.resolve("empty/deeper"));

        List<CatalogueModel> models = DiskModels.in(folder);

        assertThat(models).extracting(CatalogueModel::id).containsExactlyInAnyOrder("org/large", "small");
        assertThat(models).allSatisfy(model -> {
            assertThat(model.contextTokensMax()).isGreaterThan(16);
            assertThat(model.outputTokensMax()).isEqualTo(model.contextTokensMax() - 1);
            assertThat(model.capabilities()).contains(Capability.CHAT, Capability.STREAMING);
            assertThat(model.price()).isNull();
            assertThat(Path.of(String.valueOf(model.checkpoint()))).isDirectory();
        });
    }

    @Test
    void thereNeedBeNoDirectory() {
        assertThat(DiskModels.in(folder.resolve("none"))).isEmpty();
    }

    @Test
    void aNameThatTheCatalogueHasIsTheCatalogues() throws IOException {
        DemoCheckpoint.extractTo(Files.createDirectory(folder.resolve("google")).resolve("gemma-2-9b-it"));
        DemoCheckpoint.extractTo(folder.resolve("other"));

        Catalogue catalogue = CatalogueFile.builtIn().and(DiskModels.in(folder));

        assertThat(catalogue.models()).hasSize(6);
        assertThat(catalogue.find("google/gemma-2-9b-it").orElseThrow().outputTokensMax())
                .isEqualTo(4096);
        assertThat(catalogue.find("other")).isPresent();
    }
}
