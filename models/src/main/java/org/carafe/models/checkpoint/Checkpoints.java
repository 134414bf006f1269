package org.carafe.models.checkpoint;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.carafe.models.CheckpointException;

/** Opens checkpoints. */
public final class Checkpoints {
    private Checkpoints() {}

    /**
     * Opens a Hugging Face directory or a GGUF file (or a directory that holds one). All metadata is read and checked, and every
     * weight of the model found; weights stay on disk until they are touched.
     *
     * @throws CheckpointException naming what is missing, wrong or not supported
     */
    public static Checkpoint open(Path path) {
        if (Files.isDirectory(path)) {
            if (Files.isRegularFile(path.resolve(HuggingFaceDirectory.CONFIG))) {
                return inArena(arena -> HuggingFaceDirectory.open(path, arena));
            }
            throw new CheckpointException(path + " has no config.json");
        }
        if (!Files.exists(path)) {
            throw new CheckpointException("there is no file or directory " + path);
        }
        throw new CheckpointException(path + " is not a directory");
    }

    /** A checkpoint owns its mappings; one that fails to open must not leave any. */
    private static Checkpoint inArena(Function<Arena, Checkpoint> open) {
        Arena arena = Arena.ofShared();
        try {
            return open.apply(arena);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }
}
