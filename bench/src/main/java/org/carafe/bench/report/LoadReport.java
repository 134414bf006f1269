package org.carafe.bench.report;

import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.carafe.bench.load.Quantiles;
import org.carafe.bench.load.Summary;

/**
 * The figures of several runs of the same load.
 *
 * @param settings what was asked for, by option
 * @param runs one for each concurrency
 */
public record LoadReport(String target, Map<String, String> settings, Machine machine, List<Summary> runs) {
    private static final ObjectWriter JSON = JsonMapper.builder().build().writerWithDefaultPrettyPrinter();

    public LoadReport {
        settings = Map.copyOf(settings);
        runs = List.copyOf(runs);
    }

    /** Writes all of it. */
    public void writeJson(Path file) throws IOException {
        Files.write(file, JSON.writeValueAsBytes(this));
    }

    /** The table for a person; milliseconds. */
    public String table() {
        TextTable table = new TextTable(List.of(
                "concurrency",
                "ok",
                "failed",
                "req/s",
                "out tok/s",
                "in tok/s",
                "TTFT p50",
                "p90",
                "p99",
                "ITL p50",
                "p90",
                "p99",
                "E2E p50",
                "p90",
                "p99"));
        for (Summary run : runs) {
            String label = run.concurrency()
                    + (run.targetRequestsPerSecond() > 0 ? " @ " + number(run.targetRequestsPerSecond()) + "/s" : "");
            table.row(List.of(
                    label,
                    Integer.toString(run.succeeded()),
                    Integer.toString(run.failed()),
                    number(run.requestsPerSecond()),
                    number(run.outputTokensPerSecond()),
                    number(run.promptTokensPerSecond()),
                    millis(run.ttft(), run.ttft().p50()),
                    millis(run.ttft(), run.ttft().p90()),
                    millis(run.ttft(), run.ttft().p99()),
                    millis(run.itl(), run.itl().p50()),
                    millis(run.itl(), run.itl().p90()),
                    millis(run.itl(), run.itl().p99()),
                    millis(run.e2e(), run.e2e().p50()),
                    millis(run.e2e(), run.e2e().p90()),
                    millis(run.e2e(), run.e2e().p99())));
        }
        return table.toString();
    }

    /** Every kind of failure with how often it happened; empty where all went well. */
    public String failures() {
        StringBuilder text = new StringBuilder();
        for (Summary run : runs) {
            run.failures()
                    .forEach((kind, count) -> text.append("concurrency ")
                            .append(run.concurrency())
                            .append(": ")
                            .append(count)
                            .append(" x ")
                            .append(kind)
                            .append('\n'));
        }
        return text.toString();
    }

    private static String millis(Quantiles quantiles, double value) {
        return quantiles.count() == 0 ? "-" : number(value);
    }

    private static String number(double value) {
        String format = value >= 1000 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }
}
