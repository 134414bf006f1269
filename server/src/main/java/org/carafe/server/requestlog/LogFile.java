package org.carafe.server.requestlog;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file of lines that only its owner reads. Grown beyond its size it becomes {@code FILE.1}, the older ones {@code FILE.2} and so on. Where
 * another program moved or removed it, a new one is begun.
 */
final class LogFile implements LogTarget {
    private final Path path;
    private final long bytesMax;
    private final int olderMax;
    private @Nullable FileChannel channel;
    private @Nullable Object fileKey;

    /**
     * Opens nothing yet.
     *
     * @param bytesMax size at which it is rotated
     * @param olderMax rotated files that are kept
     */
    LogFile(Path path, long bytesMax, int olderMax) {
        this.path = path;
        this.bytesMax = bytesMax;
        this.olderMax = olderMax;
    }

    @Override
    public void write(byte[] lines) throws IOException {
        FileChannel out = opened();
        long before = out.size();
        if (before > 0 && before + lines.length > bytesMax) {
            rotate();
            out = opened();
            before = out.size();
        }
        try {
            ByteBuffer buffer = ByteBuffer.wrap(lines);
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
        } catch (IOException e) {
            // A line that a full disk cut would swallow the next one.
            try {
                out.truncate(before);
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    private FileChannel opened() throws IOException {
        FileChannel open = channel;
        if (open != null && Objects.equals(fileKey, keyOf(path))) {
            return open;
        }
        close();
        Path directory = path.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        open = FileChannel.open(
                path,
                Set.of(CREATE, WRITE, APPEND),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        channel = open;
        fileKey = keyOf(path);
        return open;
    }

    /** Null where there is no such file (any more). */
    private static @Nullable Object keyOf(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private void rotate() throws IOException {
        close();
        for (int i = olderMax; i > 1; i--) {
            if (Files.exists(older(i - 1))) {
                Files.move(older(i - 1), older(i), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.move(path, older(1), StandardCopyOption.REPLACE_EXISTING);
    }

    private Path older(int number) {
        return path.resolveSibling(path.getFileName() + "." + number);
    }

    @Override
    public void close() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }
}
