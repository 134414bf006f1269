package org.carafe.server.loading;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that ends while a model computes: its runner is closed between two steps, never under one. */
final class ExitGuardTest {
    private static final int SIGNALLED = 128;

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void aSignalWaitsForTheStepThatRuns(String signal) throws IOException, InterruptedException {
        Process process = start("stepping");
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).isEqualTo("begun");
            signal(process, signal);

            List<String> rest = out.readAllLines();
            assertThat(rest).endsWith("ended", "closed");
            assertThat(process.waitFor()).isEqualTo(SIGNALLED + (signal.equals("INT") ? 2 : 15));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void aSignalWaitsForTheLoading(String signal) throws IOException, InterruptedException {
        Process process = start("loading");
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).isEqualTo("loading");
            signal(process, signal);

            assertThat(out.readAllLines()).containsExactly("loaded", "closed");
            assertThat(process.waitFor()).isEqualTo(SIGNALLED + (signal.equals("INT") ? 2 : 15));
        }
    }

    private static Process start(String what) throws IOException {
        // A shell's background jobs ignore SIGINT, and so would a JVM below one.
        return new ProcessBuilder(
                        "env",
                        "--default-signal=INT",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        SlowProcess.class.getName(),
                        what)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void signal(Process process, String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start();
        assertThat(kill.waitFor()).isZero();
    }
}
