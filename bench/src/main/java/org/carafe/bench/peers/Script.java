package org.carafe.bench.peers;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs a program under a time limit. However that ends, Ctrl-C and SIGTERM included, nothing that it started is left. */
final class Script {
    /** Of what a program prints, the end is read. */
    private static final int TAIL_BYTES_MAX = 1 << 16;

    private Script() {}

    /**
     * The last line that a program prints.
     *
     * @param environment variables set beside those of this process
     * @throws IOException in one line if it cannot be started, fails (with the last line of its errors) or takes too long
     */
    static String lastLine(List<String> command, Map<String, String> environment, Duration limit)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("carafe-peer", ".out");
        Path errors = Files.createTempFile("carafe-peer", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(Redirect.from(new File("/dev/null")))
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile());
            builder.environment().putAll(environment);
            if (!finish(builder, limit)) {
                throw new IOException("it took more than " + limit.toSeconds() + " s (--time-limit)");
            }
            return tail(output);
        } catch (ExitException e) {
            String reason = tail(errors);
            throw new IOException(
                    "it ended with code " + e.code + (reason.isEmpty() ? " and said nothing" : ": " + reason), e);
        } finally {
            Files.deleteIfExists(output);
            Files.deleteIfExists(errors);
        }
    }

    /** False if it took too long. */
    private static boolean finish(ProcessBuilder builder, Duration limit) throws IOException, InterruptedException {
        try (Child child = new Child()) {
            Process process = child.start(builder);
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
            if (process.exitValue() != 0) {
                throw new ExitException(process.exitValue());
            }
            return true;
        }
    }

    /** A process that ends, with its children, when this is closed or this JVM ends. */
    private static final class Child implements AutoCloseable {
        private final Thread atExit = new Thread(this::end, "end-of-child");
        private @Nullable Process process;

        /** The end waits until the start is done: otherwise it could miss what is just being started. */
        synchronized Process start(ProcessBuilder builder) throws IOException {
            try {
                Runtime.getRuntime().addShutdownHook(atExit);
            } catch (IllegalStateException e) {
                throw new IOException("the bench is being ended", e);
            }
            Process started = builder.start();
            process = started;
            return started;
        }

        private synchronized void end() {
            if (process != null) {
                // Found first: once their parent is gone nobody knows whose they were.
                List<ProcessHandle> children = process.descendants().toList();
                process.destroyForcibly();
                children.forEach(ProcessHandle::destroyForcibly);
            }
        }

        @Override
        public void close() {
            end();
            try {
                Runtime.getRuntime().removeShutdownHook(atExit);
            } catch (IllegalStateException ending) {
                // This JVM is ending; the hook has run or will.
            }
        }
    }

    /** The last line of a file that is not blank, or nothing. */
    private static String tail(Path file) throws IOException {
        try (RandomAccessFile reader = new RandomAccessFile(file.toFile(), "r")) {
            long start = Math.max(0, reader.length() - TAIL_BYTES_MAX);
            byte[] bytes = new byte[(int) (reader.length() - start)];
            reader.seek(start);
            reader.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .reduce("", (before, line) -> line)
                    .strip();
        }
    }

    /** It ended with a code other than 0. */
    private static final class ExitException extends IOException {
        private static final long serialVersionUID = 1;
        private final int code;

        ExitException(int code) {
            super("exit code " + code);
            this.code = code;
        }
    }
}
