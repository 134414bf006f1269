package org.carafe.server.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * A real PostgreSQL for tests: one server in a JVM, started by whoever asks first, on a free port of the loopback address. It is a
 * process of its own, from the binaries that Maven keeps. PostgreSQL refuses to run as root, so root starts it as {@code nobody}. It
 * ends, and its files go, with this JVM, however that ends.
 */
public final class TestPostgres {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PORTS_TRIED_MAX = 5;

    /** Ends PostgreSQL when standard input ends, which it does when the JVM does, and deletes its directory. */
    private static final String KEEPER = """
            exec 3<&0
            directory=$1
            shift
            "$@" </dev/null 3<&- &
            cat <&3 >/dev/null
            kill -QUIT $! 2>/dev/null
            wait $!
            rm -rf "$directory"
            """;

    private TestPostgres() {}

    /** The JDBC URL of an empty database that nobody else has. */
    public static String freshDatabase() {
        String name = "test" + DATABASES.incrementAndGet();
        try (Connection connection = DriverManager.getConnection(url("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException("no database for this test", e);
        }
        return url(name);
    }

    private static String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + Running.PORT + "/" + database + "?user=postgres";
    }

    /** Started when it is first asked for. */
    private static final class Running {
        static final int PORT = start();

        private static int start() {
            try {
                Path directory = Files.createTempDirectory("carafe-postgres");
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
                unpack(directory);
                for (int i = 0; i < PORTS_TRIED_MAX; i++) {
                    int port = freePort();
                    if (serve(directory, port)) {
                        return port;
                    }
                }
                throw new IOException("PostgreSQL does not start: "
                        + Files.readString(directory.resolve("run").resolve("log")));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    private static void unpack(Path directory) throws IOException, InterruptedException {
        String architecture = System.getProperty("os.arch").replace("amd64", "x86_64");
        try (InputStream packed = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary("Linux", architecture);
                TarArchiveInputStream files = new TarArchiveInputStream(new XZCompressorInputStream(packed))) {
            for (TarArchiveEntry entry = files.getNextEntry(); entry != null; entry = files.getNextEntry()) {
                Path path = directory.resolve("postgres").resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                    continue;
                }
                Files.createDirectories(path.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(files, path);
                    boolean executable = (entry.getMode() & 0100) != 0;
                    Files.setPosixFilePermissions(
                            path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
        Path run = Files.createDirectory(directory.resolve("run"));
        if (isRoot()) {
            Files.setOwner(
                    run, run.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        }
        Process initdb = new ProcessBuilder(unprivileged(
                        program(directory, "initdb"),
                        "--pgdata=" + run.resolve("data"),
                        "--username=postgres",
                        "--auth=trust",
                        "--encoding=UTF8",
                        "--locale=C",
                        "--locale-provider=builtin",
                        "--builtin-locale=C.UTF-8",
                        "--no-sync"))
                .redirectErrorStream(true)
                .start();
        String said = new String(initdb.getInputStream().readAllBytes(), UTF_8);
        if (initdb.waitFor() != 0) {
            throw new IOException("initdb failed: " + said);
        }
    }

    /** Starts it; false if it ended, as it does where another took the port. */
    private static boolean serve(Path directory, int port) throws IOException, InterruptedException {
        Path run = directory.resolve("run");
        List<String> command = new ArrayList<>(List.of("sh", "-c", KEEPER, "keeper", directory.toString()));
        command.addAll(unprivileged(
                program(directory, "postgres"),
                "-D",
                run.resolve("data").toString(),
                "-h",
                "127.0.0.1",
                "-p",
                Integer.toString(port),
                "-c",
                "unix_socket_directories=",
                // Tests kill processes, not the machine.
                "-c",
                "fsync=off",
                "-c",
                "max_connections=200",
                "-c",
                "shared_buffers=32MB"));
        Process keeper = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(run.resolve("log").toFile())
                .start();
        Path pidFile = run.resolve("data").resolve("postmaster.pid");
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            if (Files.exists(pidFile) && answers(port)) {
                return true;
            }
            if (ended(run.resolve("log"))) {
                keeper.destroy();
                keeper.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                return false;
            }
            Thread.sleep(20);
        }
        keeper.outputWriter(UTF_8).close();
        throw new IOException("PostgreSQL does not answer: " + Files.readString(run.resolve("log")));
    }

    private static boolean answers(int port) {
        try (Connection connection =
                DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres")) {
            return connection.isValid(1);
        } catch (SQLException e) {
            // Not yet.
            return false;
        }
    }

    private static boolean ended(Path log) throws IOException {
        return Files.readString(log).contains("FATAL:  could not create any TCP/IP sockets");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String program(Path directory, String name) {
        return directory.resolve("postgres").resolve("bin").resolve(name).toString();
    }

    /** A command as it may run PostgreSQL. */
    private static List<String> unprivileged(String... command) throws IOException {
        List<String> whole = new ArrayList<>();
        if (isRoot()) {
            // By number, for the group's name differs between systems.
            whole.addAll(List.of("setpriv", "--reuid=nobody", "--regid=65534", "--clear-groups"));
        }
        whole.addAll(List.of(command));
        return whole;
    }

    private static boolean isRoot() throws IOException {
        return ((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid")) == 0;
    }
}
