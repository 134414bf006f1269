package org.carafe.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.carafe.bench.load.Quantiles;
import org.carafe.bench.load.Summary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoadReportTest {
    private static final Quantiles NOTHING = new Quantiles(0, 0, 0, 0, 0, 0);
    private static final Quantiles SOME = new Quantiles(20, 21, 20.5, 30.25, 1234.5, 2000);

    private final LoadReport report = new LoadReport(
            "demo at 127.0.0.1:8080",
            Map.of("api", "chat"),
            Machine.here(),
            List.of(new Summary(
                    16, 2.5, 20, 1, Map.of("HTTP 429: full", 1), 2, 10, 1280, 640, NOTHING, NOTHING, NOTHING, SOME)));

    @Test
    void theTableShowsWhatWasMeasuredAndADashWhereNothingWas() {
        assertThat(report.table().lines().skip(2).findFirst().orElseThrow().split("\\s{2,}"))
                .containsExactly(
                        "16 @ 2.50/s",
                        "20",
                        "1",
                        "10.0",
                        "1,280",
                        "640.0",
                        "-",
                        "-",
                        "-",
                        "-",
                        "-",
                        "-",
                        "20.5",
                        "30.3",
                        "1,235");
    }

    @Test
    void failuresAreListedByKind() {
        assertThat(report.failures()).isEqualTo("concurrency 16: 1 x HTTP 429: full\n");
    }

    @Test
    void theJsonHoldsEveryFigure(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("bench.json");

        report.writeJson(file);

        JsonNode run = new ObjectMapper().readTree(file.toFile()).path("runs").path(0);
        assertThat(run.path("e2e").path("p99").doubleValue()).isEqualTo(1234.5);
        assertThat(run.path("outputTokensPerSecond").doubleValue()).isEqualTo(1280);
        assertThat(run.path("failures").path("HTTP 429: full").intValue()).isEqualTo(1);
    }
}
