package org.carafe.models.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * One file from the hub to the disk. What has arrived stays in {@code NAME.part}, so that a cut connection or process resumes
 * there; only a file of the right size and hash gets its name.
 */
final class FileDownload {
    private static final int BUFFER_BYTES = 1 << 20;

    private final HubSettings settings;
    private final HubTransport transport;
    private final HubId id;

    FileDownload(HubSettings settings, HubTransport transport, HubId id) {
        this.settings = settings;
        this.transport = transport;
        this.id = id;
    }

    static Path partOf(Path target) {
        return target.resolveSibling(target.getFileName() + ".part");
    }

    /** Downloads what is missing of a file; {@code fileBytes} is told how many of its bytes are there. */
    void run(HubFile file, URI source, Path target, LongConsumer fileBytes) throws IOException, InterruptedException {
        Path part = partOf(target);
        Files.createDirectories(target.toAbsolutePath().getParent());
        boolean resumed = size(part) > 0;
        fetch(file, source, part, fileBytes);
        if (!ContentHash.matches(part, file) && resumed) {
            // The kept part may have been of something else: once more from the start before blaming the hub.
            Files.delete(part);
            fetch(file, source, part, fileBytes);
        }
        if (!ContentHash.matches(part, file)) {
            Files.delete(part);
            throw new HubException(file.path() + " of " + id + " arrived damaged: its hash is not "
                    + file.digest().hex());
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void fetch(HubFile file, URI source, Path part, LongConsumer fileBytes)
            throws IOException, InterruptedException {
        int failures = 0;
        Duration wait = settings.backoff();
        while (size(part) != file.bytes()) {
            long before = size(part);
            if (before > file.bytes()) {
                Files.delete(part);
                before = 0;
            }
            try {
                receive(file, source, part, before, fileBytes);
            } catch (DiskException e) {
                throw new HubException("can't write " + part + ": " + e.getMessage(), e);
            } catch (IOException e) {
                boolean progressed = size(part) > before;
                failures = progressed ? 1 : failures + 1;
                wait = progressed ? settings.backoff() : wait.multipliedBy(2);
                if (failures >= settings.attempts()) {
                    throw new HubUnreachableException(
                            file.path() + " of " + id + " stopped at " + size(part) + " of " + file.bytes() + " bytes ("
                                    + HubStatus.reason(e) + "); start again to resume",
                            e);
                }
                Thread.sleep(wait);
            }
        }
    }

    private void receive(HubFile file, URI source, Path part, long offset, LongConsumer fileBytes)
            throws IOException, InterruptedException {
        try (HubTransport.Answer answer = transport.get(source, offset)) {
            if (answer.status() == 416) {
                Files.deleteIfExists(part);
                throw new IOException("the hub can't resume at byte " + offset);
            }
            HubStatus.check(id, answer.status());
            boolean appends = answer.status() == 206;
            if (appends && offset == 0) {
                throw new IOException("the hub answered with a part of the file");
            }
            long done = appends ? offset : 0;
            try (StallGuard guard = new StallGuard(answer.body(), settings.stallTimeout());
                    OutputStream out = open(part, appends)) {
                copy(file, guard, out, done, fileBytes);
            }
        }
    }

    private void copy(HubFile file, StallGuard in, OutputStream out, long start, LongConsumer fileBytes)
            throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long done = start;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            done += read;
            if (done > file.bytes()) {
                throw new HubException(file.path() + " of " + id + " is longer than the " + file.bytes()
                        + " bytes that the hub lists");
            }
            try {
                out.write(buffer, 0, read);
            } catch (IOException e) {
                throw new DiskException(e);
            }
            fileBytes.accept(done);
        }
        if (done < file.bytes()) {
            throw new IOException("the connection ended early");
        }
    }

    private static OutputStream open(Path part, boolean appends) throws DiskException {
        try {
            return appends
                    ? Files.newOutputStream(part, StandardOpenOption.WRITE, StandardOpenOption.APPEND)
                    : Files.newOutputStream(
                            part,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            throw new DiskException(e);
        }
    }

    private static long size(Path part) throws IOException {
        return Files.exists(part) ? Files.size(part) : 0;
    }

    /** Our disk, not the hub's connection: no further try helps. */
    private static final class DiskException extends IOException {
        private static final long serialVersionUID = 1L;

        DiskException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** Closes a body that is silent for too long; the JDK's client bounds the wait for headers only. */
    private static final class StallGuard implements AutoCloseable {
        private final InputStream body;
        private final Thread watch;
        private volatile long lastReadNanos = System.nanoTime();

        StallGuard(InputStream body, Duration stallTimeout) {
            this.body = body;
            this.watch = Thread.ofVirtual().start(() -> watch(stallTimeout));
        }

        int read(byte[] buffer) throws IOException {
            int read = body.read(buffer);
            lastReadNanos = System.nanoTime();
            return read;
        }

        private void watch(Duration stallTimeout) {
            try {
                while (System.nanoTime() - lastReadNanos < stallTimeout.toNanos()) {
                    Thread.sleep(stallTimeout.dividedBy(4));
                }
                body.close();
            } catch (InterruptedException | IOException e) {
                // The download ended, or the body was closed already: nothing is left to guard.
            }
        }

        @Override
        public void close() {
            watch.interrupt();
        }
    }
}
