package org.carafe.server.proof;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.carafe.server.cli.Carafe;

/** A disk that is full while it is told to be. */
interface FullDisk extends AutoCloseable {
    /** Where the ledger goes. */
    Path directory();

    void fill(Carafe server) throws IOException, InterruptedException;

    void free(Carafe server) throws IOException, InterruptedException;

    @Override
    void close() throws IOException;

    /** All that this machine lets us do: limits on a process's files everywhere, file systems of our own where we may mount. */
    static List<FullDisk> all(Path home) throws IOException, InterruptedException {
        FullDisk limited = new Limited(Files.createDirectory(home.resolve("limited")));
        Path mountPoint = Files.createDirectory(home.resolve("small"));
        return run("mount", "-t", "tmpfs", "-o", "size=4m", "carafe-test", mountPoint.toString())
                ? List.of(limited, new Small(mountPoint))
                : List.of(limited);
    }

    /** False where there is no such program, or it may not. */
    private static boolean run(String... command) throws InterruptedException {
        try {
            return runs(command);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean runs(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    /** The server's process may not write behind the first bytes of any file (RLIMIT_FSIZE). */
    record Limited(Path directory) implements FullDisk {
        @Override
        public void fill(Carafe server) throws IOException, InterruptedException {
            limit(server, "1024:unlimited");
        }

        @Override
        public void free(Carafe server) throws IOException, InterruptedException {
            limit(server, "unlimited:unlimited");
        }

        private static void limit(Carafe server, String bytes) throws IOException, InterruptedException {
            if (!run("prlimit", "--pid", Long.toString(server.pid()), "--fsize=" + bytes)) {
                throw new IOException("prlimit failed");
            }
        }

        @Override
        public void close() {}
    }

    /** A file system of 4 MiB and a file that takes all that is left of it. */
    record Small(Path directory) implements FullDisk {
        @Override
        public void fill(Carafe server) throws IOException {
            byte[] block = new byte[4096];
            try (OutputStream filler = Files.newOutputStream(filler())) {
                while (true) {
                    filler.write(block);
                }
            } catch (IOException e) {
                if (!String.valueOf(e.getMessage()).contains("No space left")) {
                    throw e;
                }
            }
        }

        @Override
        public void free(Carafe server) throws IOException {
            Files.delete(filler());
        }

        private Path filler() {
            return directory.resolve("filler");
        }

        @Override
        public void close() throws IOException {
            try {
                if (!run("umount", "-l", directory.toString())) {
                    throw new IOException("umount failed");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
