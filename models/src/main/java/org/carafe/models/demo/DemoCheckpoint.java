package org.carafe.models.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The bundled checkpoint: a Llama with random weights that answers in noise. */
public final class DemoCheckpoint {
    /** Under which it is served. */
    public static final String NAME = "carafe-demo";

    private static final List<String> FILES = List.of(
            "README.md",
            "config.json",
            "generation_config.json",
            "model.safetensors",
            "tokenizer.json",
            "tokenizer_config.json");

    private DemoCheckpoint() {}

    /**
     * Writes its files into a folder, replacing those that are there, and returns the folder. Each file appears whole or not at all, so
     * that processes which do this at the same time don't disturb each other.
     */
    public static Path extractTo(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String file : FILES) {
            Path fresh = Files.createTempFile(folder, file, ".new");
            try (InputStream in = DemoCheckpoint.class.getResourceAsStream(file)) {
                if (in == null) {
                    throw new IllegalStateException("the jar lacks the demo's " + file);
                }
                Files.copy(in, fresh, StandardCopyOption.REPLACE_EXISTING);
                Files.move(
                        fresh,
                        folder.resolve(file),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(fresh);
            }
        }
        return folder;
    }
}
