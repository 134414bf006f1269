package org.carafe.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import org.carafe.server.ChildJvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ends at once are ends: no native library's destructor runs under a thread that still computes. */
final class ShutdownTest {
    @ParameterizedTest
    @CsvSource({"TERM, 0", "INT, 130"})
    void aSignalDuringTheLoadingRunsNoDestructors(String signal, int exitCode) throws Exception {
        Process process = ChildJvm.start(LastWords.class, "loading");
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).isEqualTo("up");
            ChildJvm.signal(process, signal);
            assertThat(process.waitFor()).isEqualTo(exitCode);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void theSecondInterruptRunsNoDestructors() throws Exception {
        Process process = ChildJvm.start(LastWords.class, "serving");
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).isEqualTo("up");
            ChildJvm.signal(process, "INT");
            assertThat(out.readLine()).isEqualTo("asked");
            ChildJvm.signal(process, "INT");
            assertThat(process.waitFor()).isEqualTo(130);
        } finally {
            process.destroyForcibly();
        }
    }
}
