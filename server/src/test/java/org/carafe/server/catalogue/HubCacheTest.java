package org.carafe.server.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.carafe.models.demo.DemoCheckpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models in the cache of Hugging Face's own tools. */
final class HubCacheTest {
    @TempDir
    Path cache;

    @TempDir
    Path elsewhere;

    /** As the tools have it: files are links to blobs. */
    private Path snapshot(String repository, String revision) throws IOException {
        Path blobs = Files.createDirectories(cache.resolve(repository).resolve("blobs"));
        Path snapshot = Files.createDirectories(
                cache.resolve(repository).resolve("snapshots").resolve(revision));
        Path files = DemoCheckpoint.extractTo(Files.createTempDirectory(elsewhere, "demo"));
        try (Stream<Path> all = Files.list(files)) {
            for (Path file : all.toList()) {
                Path blob = blobs.resolve(
                        "blob-" + revision + "-" + file.getFileName().hashCode());
                Files.move(file, blob);
                Files.createSymbolicLink(snapshot.resolve(file.getFileName()), snapshot.relativize(blob));
            }
        }
        return snapshot;
    }

    private void main(String repository, String revision) throws IOException {
        Files.writeString(
                Files.createDirectories(cache.resolve(repository).resolve("refs"))
                        .resolve("main"),
                revision);
    }

    private List<String> checkpoints() {
        return DiskModels.in(cache).stream()
                .map(model -> String.valueOf(model.checkpoint()))
                .toList();
    }

    @Test
    void aRepositoryIsItsMainSnapshotAndNoOther() throws IOException {
        Path main = snapshot("models--acme--small-1b", "1111");
        Path newer = snapshot("models--acme--small-1b", "2222");
        Files.setLastModifiedTime(main, FileTime.fromMillis(1_000));
        main("models--acme--small-1b", "1111\n");
        assertThat(DiskModels.in(cache)).extracting(CatalogueModel::id).containsExactly("acme/small-1b");
        assertThat(checkpoints()).containsExactly(main.toString());
        main("models--acme--small-1b", "2222");
        assertThat(checkpoints()).containsExactly(newer.toString());
    }

    @Test
    void withoutAReferenceToItTheNewestIsTaken() throws IOException {
        Path older = snapshot("models--acme--small", "aaaa");
        Path newer = snapshot("models--acme--small", "bbbb");
        Files.setLastModifiedTime(older, FileTime.fromMillis(1_000));
        assertThat(checkpoints()).containsExactly(newer.toString());
        main("models--acme--small", "gone");
        assertThat(checkpoints()).containsExactly(newer.toString());
    }

    @Test
    void aReferenceLeadsNowhereElse() throws IOException {
        Path own = snapshot("models--acme--small", "aaaa");
        DemoCheckpoint.extractTo(
                cache.resolve("models--acme--small").resolve("refs").resolve("other"));
        for (String revision : List.of("../refs/other", "..", "", elsewhere.toString(), "x".repeat(5_000))) {
            main("models--acme--small", revision);
            assertThat(checkpoints()).as(revision).containsExactly(own.toString());
        }
    }

    @Test
    void aRepositoryOfNobodyHasItsNameAndTheRestOfTheCacheIsPassedOver() throws IOException {
        snapshot("models--demo", "1111");
        Files.createDirectories(cache.resolve("models--acme--empty").resolve("snapshots"));
        Files.createDirectories(cache.resolve("datasets--acme--words/snapshots/1111"));
        Files.createDirectories(cache.resolve(".locks/models--acme--small"));
        Files.writeString(cache.resolve("version.txt"), "1");
        Files.writeString(cache.resolve("models--file"), "no directory");
        Path packed = Files.createDirectories(cache.resolve("models--acme--packed/snapshots/1111"));
        Files.writeString(packed.resolve("broken.gguf"), "no");
        assertThat(DiskModels.in(cache)).extracting(CatalogueModel::id).containsExactly("demo");
    }
}
