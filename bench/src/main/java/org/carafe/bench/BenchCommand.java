package org.carafe.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.carafe.bench.jmh.JmhCommand;
import org.carafe.bench.ledger.LedgerCommand;
import org.carafe.bench.load.LoadPlan;
import org.carafe.bench.load.Summary;
import org.carafe.bench.load.Target;
import org.carafe.bench.peers.PeersCommand;
import org.carafe.bench.report.LoadReport;
import org.carafe.bench.report.Machine;
import org.carafe.bench.report.Plot;
import org.carafe.server.console.Progress;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code scripts/bench}: loads a server or the engine in this process, and tells what came back when. */
@Command(
        name = "bench",
        subcommands = {PeersCommand.class, JmhCommand.class, LedgerCommand.class},
        description = "Measure a running server (--url) or the engine in this process (--model or --runner synthetic).",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class BenchCommand implements Callable<Integer> {
    @Mixin
    private TargetOptions target = new TargetOptions();

    @Option(
            names = "--concurrency",
            paramLabel = "N[,N...]",
            split = ",",
            defaultValue = "1,4,16",
            description = "Requests at once, one run each (default: ${DEFAULT-VALUE}).")
    private List<Integer> concurrency = List.of();

    @Option(
            names = "--rate",
            paramLabel = "REQ_PER_SECOND",
            defaultValue = "0",
            description =
                    "Start requests at the times of a Poisson process (open loop), at most --concurrency at once; 0: each place starts its next request when its last ended (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(names = "--requests", paramLabel = "N", description = "Requests of a run (default: 4 a place, at least 8).")
    private @Nullable Integer requests;

    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "Start no request after so long; 0: no limit (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "Requests before a run that are not counted (default: one a place).")
    private @Nullable Integer warmUp;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of prompts and arrival times (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--json", paramLabel = "FILE", description = "Write all figures there.")
    private @Nullable Path json;

    @Option(names = "--plot", paramLabel = "FILE", description = "Draw them there, a .png or .svg.")
    private @Nullable Path plot;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (plot != null && !Plot.isSupported(plot)) {
            throw new IllegalArgumentException("--plot writes .png and .svg, not " + plot.getFileName());
        }
        if (concurrency.isEmpty() || concurrency.stream().anyMatch(places -> places < 1 || places > 4096)) {
            throw new IllegalArgumentException("--concurrency must be between 1 and 4096, not " + concurrency);
        }
        List<Summary> runs = new ArrayList<>();
        String name;
        try (Target driven = target.open(Collections.max(concurrency), seed)) {
            name = target.name();
            System.err.println("target: " + name);
            for (int places : concurrency) {
                runs.add(run(driven, places));
            }
        }
        LoadReport report = new LoadReport(name, settings(), Machine.here(), runs);
        System.out.println(report.table());
        System.out.print(report.failures());
        if (json != null) {
            report.writeJson(json);
        }
        if (plot != null) {
            Plot.write(plot, "Carafe bench: " + name, runs);
        }
        return runs.stream().allMatch(run -> run.failed() == 0 && run.succeeded() > 0) ? 0 : 1;
    }

    private Summary run(Target driven, int places) throws IOException, InterruptedException {
        int warm = warmUp == null ? places : warmUp;
        if (warm > 0) {
            driven.run(new LoadPlan(places, 0, warm, 0, seed), (ended, tokens) -> {});
        }
        int count = requests == null ? Math.max(8, 4 * places) : requests;
        LoadPlan plan = new LoadPlan(places, rate, count, seconds, seed);
        try (Progress progress = Progress.of("concurrency " + places, Progress.Unit.REQUESTS, count)) {
            return driven.run(plan, (ended, tokens) -> {
                progress.at(ended, count);
                progress.note(tokens + " tokens");
            });
        }
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>(target.settings());
        settings.put("rate", Double.toString(rate));
        settings.put("seed", Long.toString(seed));
        return settings;
    }
}
