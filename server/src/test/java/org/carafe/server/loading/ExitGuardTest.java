package org.carafe.server.loading;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.carafe.server.ChildJvm;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that ends while a model computes: its runner is closed between two steps, never under one. */
final class ExitGuardTest {
    private static final int SIGNALLED = 128;

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void aSignalWaitsForTheStepThatRuns(String signal) throws IOException, InterruptedException {
        Process process = ChildJvm.start(SlowProcess.class, "stepping");
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).isEqualTo("begun");
            ChildJvm.signal(process, signal);

            List<String> rest = out.readAllLines();
            assertThat(rest).endsWith("ended", "closed");
            assertThat(process.waitFor()).isEqualTo(SIGNALLED + (signal.equals("INT") ? 2 : 15));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void aSignalWaitsForTheLoading(String signal) throws IOException, InterruptedException {
        Process process = ChildJvm.start(SlowProcess.class, "loading");
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).isEqualTo("loading");
            ChildJvm.signal(process, signal);

            assertThat(out.readAllLines()).containsExactly("loaded", "closed");
            assertThat(process.waitFor()).isEqualTo(SIGNALLED + (signal.equals("INT") ? 2 : 15));
        }
    }
}
