package org.carafe.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.carafe.bench.report.Machine;
import org.carafe.server.loading.NumericType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Turns of contenders behind scripts of one line each. */
final class PeersRunTest {
    private static final Workload WORK = new Workload(512, 32, 16, 32, 40, 2);
    private static final String SINGLE = "{\"prefill\": {\"median\": %d}, \"decode\": {\"median\": %d}}";
    private static final String STREAMS = "{\"streams\": {\"median\": %d}}";

    private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

    private static Contender contender(String name, Contender.Maker maker, int rounds, String single, String streams) {
        return new ScriptContender(
                name,
                maker,
                rounds,
                Map.of(Part.SINGLE, List.of("bash", "-c", single), Part.STREAMS, List.of("bash", "-c", streams)),
                Map.of(),
                Map.of(Figure.PREFILL, "prefill", Figure.DECODE, "decode", Figure.STREAMS, "streams"));
    }

    private static Contender answering(
            String name, Contender.Maker maker, int rounds, int prefill, int decode, int streams) {
        return contender(
                name,
                maker,
                rounds,
                "echo '" + SINGLE.formatted(prefill, decode) + "'",
                "echo '" + STREAMS.formatted(streams) + "'");
    }

    private PeersReport run(int rounds, Contender... contenders) throws InterruptedException {
        PeersReport report = new PeersReport(Machine.here(), WORK, Goal.of(NumericType.bf16, WORK));
        List.of(contenders).forEach(report::enter);
        PrintStream stream = new PrintStream(progress, true, StandardCharsets.UTF_8);
        new PeersRun(List.of(contenders), WORK, rounds, Duration.ofSeconds(2), Duration.ZERO, stream).into(report);
        return report;
    }

    private List<String> lines() {
        return progress.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void contendersTakeTurnsPartByPart() throws Exception {
        run(
                2,
                answering("ours", Contender.Maker.CARAFE, 9, 100, 10, 50),
                answering("theirs", Contender.Maker.JLAMA, 1, 50, 10, 10));
        assertThat(lines().stream().map(line -> line.replaceFirst(" … .*", "")))
                .containsExactly(
                        "round 1 of 2, ours, prefill 512, decode 32",
                        "round 1 of 1, theirs, prefill 512, decode 32",
                        "round 2 of 2, ours, prefill 512, decode 32",
                        "round 1 of 2, ours, 16 streams",
                        "round 1 of 1, theirs, 16 streams",
                        "round 2 of 2, ours, 16 streams");
        assertThat(lines().getFirst()).contains("100.0 and 10.0 tok/s");
    }

    @Test
    void theTableSaysWhichGoalsAreReached() throws Exception {
        PeersReport report = run(
                1,
                answering("carafe bf16", Contender.Maker.CARAFE, 1, 150, 14, 104),
                answering("llama.cpp bf16.gguf", Contender.Maker.LLAMA_CPP, 1, 75, 15, 50),
                answering("jlama bf16", Contender.Maker.JLAMA, 1, 30, 6, 7),
                answering("jlama q4", Contender.Maker.JLAMA, 1, 50, 14, 20));
        assertThat(report.failures()).isEmpty();
        // The tests' machine may be busy, then verdicts end in a question mark.
        assertThat(report.text()
                        .lines()
                        .map(line -> line.replaceAll(" {2,}", " | ").replaceAll("d\\?$", "d")))
                .contains(
                        "carafe bf16 | 150.0 | 14.0 | 104.0",
                        "llama.cpp bf16.gguf | 75.0 | 2.00x | 15.0 | 0.93x | 50.0 | 2.08x",
                        "prefill 512 / llama.cpp bf16.gguf | 2.00x | 2.00x | reached",
                        "decode 32 / llama.cpp bf16.gguf | 1.00x | 0.93x | missed",
                        "16 streams / llama.cpp bf16.gguf | 2.00x | 2.08x | reached",
                        "16 streams / Jlama's best (jlama q4, 16 streams) | 5.00x | 5.20x | reached");
    }

    @Test
    @Timeout(60)
    void oneThatFailsOrHangsLosesThatPartAndIsNamed() throws Exception {
        PeersReport report = run(
                2,
                answering("ours", Contender.Maker.CARAFE, 9, 100, 10, 50),
                contender(
                        "hanging", Contender.Maker.LLAMA_CPP, 9, "sleep 1000", "echo '" + STREAMS.formatted(25) + "'"),
                contender(
                        "failing",
                        Contender.Maker.JLAMA,
                        9,
                        "echo '" + SINGLE.formatted(50, 5) + "'",
                        "echo no memory >&2; exit 1"));
        assertThat(report.failures())
                .containsExactly(
                        new Failure("hanging", 1, Part.SINGLE, "it took more than 2 s (--time-limit)"),
                        new Failure("failing", 1, Part.STREAMS, "it ended with code 1: no memory"));
        assertThat(report.text().lines().map(line -> line.replaceAll(" {2,}", " | ")))
                .contains(
                        "hanging | - | - | - | - | 25.0 (25.0-25.0) | 2.00x",
                        "failing | 50.0 (50.0-50.0) | 2.00x | 5.0 (5.0-5.0) | 2.00x | - | -",
                        "prefill 512 / hanging | 2.00x | - | not measured",
                        "Failed: hanging, prefill 512, decode 32, round 1: it took more than 2 s (--time-limit)",
                        "Failed: failing, 16 streams, round 1: it ended with code 1: no memory");
        assertThat(lines())
                .anySatisfy(line -> assertThat(line).contains("failing").contains("failed: it ended with code 1"));
    }

    @Test
    void aTableIsMadeWhenNobodyCouldBeMeasured() throws Exception {
        PeersReport report = run(1, contender("ours", Contender.Maker.CARAFE, 1, "exit 1", "exit 1"));
        assertThat(report.text())
                .contains("not measured")
                .contains("Failed: ours, 16 streams, round 1: it ended with code 1 and said nothing");
    }

    @Test
    void aRatioIsTheMedianOverRoundsInWhichBothWereMeasured() {
        PeersReport report = new PeersReport(Machine.here(), WORK, List.of());
        report.enter(answering("ours", Contender.Maker.CARAFE, 9, 1, 1, 1));
        report.enter(answering("theirs", Contender.Maker.LLAMA_CPP, 9, 1, 1, 1));
        List<Double> ours = new ArrayList<>(List.of(10.0, 20.0, 90.0));
        List<Double> theirs = new ArrayList<>(List.of(5.0, 5.0, Double.NaN));
        for (int round = 1; round <= 3; round++) {
            report.add(new Measured("ours", round, Figure.DECODE, ours.get(round - 1), 0));
            if (round < 3) {
                report.add(new Measured("theirs", round, Figure.DECODE, theirs.get(round - 1), 0.5));
            }
        }
        // 2x and 4x.
        assertThat(report.text()).contains("20.0 (10.0-90.0)").contains("3.00x");
    }

    @Test
    void aTableOfABusyMachineSaysSo() {
        PeersReport report =
                new PeersReport(Machine.here(), WORK, List.of(new Goal(Figure.DECODE, Contender.Maker.LLAMA_CPP, 2)));
        report.enter(answering("ours", Contender.Maker.CARAFE, 9, 1, 1, 1));
        report.enter(answering("theirs", Contender.Maker.LLAMA_CPP, 9, 1, 1, 1));
        report.add(new Measured("ours", 1, Figure.DECODE, 1, 0.01));
        report.add(new Measured("theirs", 1, Figure.DECODE, 1, 0.01));
        assertThat(report.text()).doesNotContain("not quiet").contains("missed").doesNotContain("missed?");
        report.add(new Measured("ours", 2, Figure.DECODE, 1, 0.2));
        report.add(new Measured("ours", 3, Figure.DECODE, 1, 0.4));
        report.add(new Measured("ours", 4, Figure.DECODE, 1, 0.2));
        assertThat(report.text())
                .contains("other processes took 20% of the CPUs (median; at most 40%)")
                .contains("missed?");
    }
}
