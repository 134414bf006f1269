package org.carafe.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Carafe as a process of its own, with a home directory of its own and a hub that nobody answers for. */
public final class Carafe implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 90;
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Process process;
    private final BufferedReader stdout;
    private final Path stderr;

    private Carafe(Process process, Path stderr) {
        this.process = process;
        this.stdout = process.inputReader(UTF_8);
        this.stderr = stderr;
    }

    public static Carafe start(Path home, String... arguments) throws IOException {
        return start(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1"), home, arguments);
    }

    /** With JVM options for its heap and compilers. */
    public static Carafe start(List<String> jvmOptions, Path home, String... arguments) throws IOException {
        Path stderr = Files.createTempFile(home, "stderr", ".log");
        // A shell's background jobs ignore SIGINT, and so would a JVM below one.
        List<String> command = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "org.carafe.server.Main"));
        command.addAll(command.indexOf("-cp"), jvmOptions);
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(home.toFile()).redirectError(stderr.toFile());
        builder.environment().put("XDG_CACHE_HOME", home.resolve("cache").toString());
        builder.environment().put("HF_ENDPOINT", "http://127.0.0.1:9");
        builder.environment().remove("HF_TOKEN");
        // As the scripts have it.
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        return new Carafe(builder.start(), stderr);
    }

    /** Serves the synthetic runner on a free port. */
    public static Carafe serve(Path home, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("serve", "--runner", "synthetic", "--port", "0"));
        arguments.addAll(List.of(more));
        return start(home, arguments.toArray(String[]::new));
    }

    /** The next line on stdout; null at its end. */
    public String line() throws IOException {
        return stdout.readLine();
    }

    /** The base address out of the ready line. */
    public URI ready() throws IOException {
        String line = line();
        if (line == null || !line.startsWith("ready: ")) {
            throw new IOException("no ready line but '" + line + "'; stderr: " + errors());
        }
        return URI.create(line.substring("ready: ".length(), line.indexOf(" model=")) + "/");
    }

    public long pid() {
        return process.pid();
    }

    public void signal(String name) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IOException("kill -" + name + " failed");
        }
    }

    void type(String text) throws IOException {
        try (var stdin = process.outputWriter(UTF_8)) {
            stdin.write(text);
        }
    }

    /** Waits for the end; its exit code. */
    public int exit() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("it did not end: " + errors());
        }
        return process.exitValue();
    }

    /** Memory that it holds for itself alone and that is no mapping of a file. */
    long anonymousBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            String[] words = line.split("\\s+", -1);
            if (words[0].equals("RssAnon:")) {
                return Long.parseLong(words[1]) * 1024;
            }
        }
        throw new IOException("the kernel does not tell RssAnon");
    }

    /** All that is on stderr. */
    public String errors() {
        try {
            return Files.readString(stderr);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until stderr has a text. */
    public void awaitErrors(String text) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(PATIENCE_SECONDS).toNanos();
        while (!errors().contains(text)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("no '" + text + "' in: " + errors());
            }
            Thread.sleep(10);
        }
    }

    public static HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(uri)
                        .timeout(Duration.ofSeconds(PATIENCE_SECONDS))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    static HttpRequest completion(URI base, int tokens, boolean stream) {
        String body = "{\"model\":\"carafe-demo\",\"prompt\":\"Once\",\"ignore_eos\":true,\"max_tokens\":" + tokens
                + ",\"stream\":" + stream + "}";
        return HttpRequest.newBuilder(base.resolve("completions"))
                .timeout(Duration.ofSeconds(PATIENCE_SECONDS))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    static HttpClient client() {
        return CLIENT;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
