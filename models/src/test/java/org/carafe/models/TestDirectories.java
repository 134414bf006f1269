package org.carafe.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Writable copies of checkpoints, for tests that damage them. */
public final class TestDirectories {
    private TestDirectories() {}

    /** Copies a golden checkpoint to a new directory under {@code parent}. */
    public static Path copyOf(String golden, Path parent) throws IOException {
        Path target = Files.createDirectories(parent.resolve(golden));
        try (Stream<Path> files = Files.list(GoldenCheckpoints.directory(golden))) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
        return target;
    }

    /** Replaces a text that must be there. */
    public static void edit(Path file, String from, String to) throws IOException {
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
    }
}
