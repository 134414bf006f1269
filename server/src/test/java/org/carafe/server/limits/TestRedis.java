package org.carafe.server.limits;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A real Redis on a free port; it ends with this JVM at the latest. */
final class TestRedis implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;

    /** Ends it when standard input does, which it does when the JVM ends, however that happens. */
    private static final String KEEPER = """
            exec 3<&0
            "$@" </dev/null 3<&- &
            cat <&3 >/dev/null
            kill -KILL $! 2>/dev/null
            """;

    private final int port;
    private Process keeper;

    TestRedis() throws IOException, InterruptedException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        keeper = start(port);
    }

    private static Process start(int port) throws IOException, InterruptedException {
        Process keeper = new ProcessBuilder(
                        "sh",
                        "-c",
                        KEEPER,
                        "keeper",
                        "redis-server",
                        "--port",
                        Integer.toString(port),
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--dir",
                        Path.of(System.getProperty("java.io.tmpdir")).toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!answers(port)) {
            if (System.nanoTime() > deadline) {
                end(keeper);
                throw new IOException("redis-server does not start; is it installed?");
            }
            Thread.sleep(10);
        }
        return keeper;
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException e) {
            // Not yet.
            return false;
        }
    }

    String url() {
        return "redis://127.0.0.1:" + port;
    }

    /** Begins again, empty, where it was. */
    void restart() throws IOException, InterruptedException {
        keeper = start(port);
    }

    /** Kills it; may be done again. */
    void stop() throws IOException {
        end(keeper);
    }

    @Override
    public void close() throws IOException {
        stop();
    }

    private static void end(Process keeper) throws IOException {
        keeper.getOutputStream().close();
        try {
            if (!keeper.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("redis-server does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
