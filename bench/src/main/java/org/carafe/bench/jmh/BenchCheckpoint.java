package org.carafe.bench.jmh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.carafe.models.checkpoint.Checkpoint;
import org.carafe.models.checkpoint.Checkpoints;
import org.carafe.models.demo.DemoCheckpoint;
import org.carafe.models.tokenizer.TextAssets;

/** The text side of what a benchmark is to read. */
final class BenchCheckpoint {
    /** The bundled demo, whose tokenizer has 512 tokens. */
    static final String DEMO = "demo";

    private BenchCheckpoint() {}

    /** @param place {@link #DEMO}, or a checkpoint's directory or file */
    static TextAssets text(String place) {
        if (!place.equals(DEMO)) {
            return read(Path.of(place));
        }
        try {
            Path folder = Files.createTempDirectory("carafe-bench");
            try {
                return read(DemoCheckpoint.extractTo(folder));
            } finally {
                delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TextAssets read(Path path) {
        try (Checkpoint checkpoint = Checkpoints.open(path)) {
            return checkpoint.text();
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
