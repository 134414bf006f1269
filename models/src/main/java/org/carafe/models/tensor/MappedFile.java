package org.carafe.models.tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.carafe.models.CheckpointException;

/** Maps weight files. Pages come in when touched and belong to the page cache, so two processes share them. */
public final class MappedFile {
    private MappedFile() {}

    /**
     * Maps a whole file read-only.
     *
     * @param arena closes the mapping
     * @throws CheckpointException if it cannot be opened
     */
    public static MemorySegment map(Path file, Arena arena) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException e) {
            throw new CheckpointException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
