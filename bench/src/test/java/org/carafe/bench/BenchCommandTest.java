package org.carafe.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command line, in this process. */
final class BenchCommandTest {
    @TempDir
    private Path directory;

    private static String failureOf(String... arguments) {
        AtomicReference<String> message = new AtomicReference<>("");
        CommandLine line = new CommandLine(new BenchCommand());
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            message.set(e.getMessage());
            return 2;
        });
        assertThat(line.execute(arguments)).isEqualTo(2);
        return message.get();
    }

    @Test
    void theSyntheticRunnerIsMeasuredWithoutAModel() throws Exception {
        Path json = directory.resolve("bench.json");
        PrintStream out = System.out;
        try {
            System.setOut(new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8));
            assertThat(new CommandLine(new BenchCommand())
                            .setCaseInsensitiveEnumValuesAllowed(true)
                            .execute(
                                    "--runner",
                                    "synthetic",
                                    "--concurrency",
                                    "2",
                                    "--input-tokens",
                                    "8",
                                    "--output-tokens",
                                    "5",
                                    "--requests",
                                    "6",
                                    "--json",
                                    json.toString()))
                    .isZero();
        } finally {
            System.setOut(out);
        }
        JsonNode run = new ObjectMapper().readTree(json.toFile()).path("runs").path(0);
        assertThat(run.path("succeeded").asInt()).isEqualTo(6);
        assertThat(run.path("failed").asInt()).isZero();
    }

    @Test
    void nothingToMeasureIsSaidInOneLine() {
        assertThat(failureOf()).isEqualTo("one of --url, --model and --runner synthetic says what to measure");
        assertThat(failureOf("--url", "http://127.0.0.1:1/v1", "--model", "x"))
                .isEqualTo("--url and --model: only one can be measured");
    }

    @Test
    void aPlotOfAnUnknownKindIsRefusedBeforeAnythingRuns() {
        assertThat(failureOf("--runner", "synthetic", "--plot", "bench.gif"))
                .isEqualTo("--plot writes .png and .svg, not bench.gif");
    }
}
