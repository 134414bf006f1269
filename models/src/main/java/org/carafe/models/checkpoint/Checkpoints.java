package org.carafe.models.checkpoint;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.carafe.models.CheckpointException;

/** Opens checkpoints. */
public final class Checkpoints {
    private static final String GGUF = ".gguf";

    private Checkpoints() {}

    /**
     * Opens a Hugging Face directory or a GGUF file (or a directory that holds one). All metadata is read and checked, and every
     * weight of the model found; weights stay on disk until they are touched.
     *
     * @throws CheckpointException naming what is missing, wrong or not supported
     */
    public static Checkpoint open(Path path) {
        if (Files.isDirectory(path)) {
            return openDirectory(path);
        }
        if (!Files.exists(path)) {
            throw new CheckpointException("there is no file or directory " + path);
        }
        if (!path.toString().toLowerCase(Locale.ROOT).endsWith(GGUF)) {
            throw new CheckpointException(path + " is neither a directory with config.json nor a " + GGUF + " file");
        }
        return inArena(arena -> GgufCheckpointFile.open(path, arena));
    }

    private static Checkpoint openDirectory(Path path) {
        if (Files.isRegularFile(path.resolve(HuggingFaceDirectory.CONFIG))) {
            return inArena(arena -> HuggingFaceDirectory.open(path, arena));
        }
        List<Path> files = HuggingFaceDirectory.list(path, "*.[gG][gG][uU][fF]");
        return switch (files.size()) {
            case 0 -> throw new CheckpointException(path + " has no config.json and no " + GGUF + " file");
            case 1 -> inArena(arena -> GgufCheckpointFile.open(files.getFirst(), arena));
            default ->
                throw new CheckpointException(path + " has no config.json and " + files.size() + " " + GGUF
                        + " files; name one of them, such as " + files.getFirst());
        };
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
