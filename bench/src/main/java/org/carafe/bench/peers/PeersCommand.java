package org.carafe.bench.peers;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.carafe.bench.report.Machine;
import org.carafe.server.loading.NumericType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench peers}: Carafe, llama.cpp and Jlama on the same weights, in turn, on the CPU. */
@Command(
        name = "peers",
        description = "Run Carafe, llama.cpp and Jlama on the same weights in turn and compare them by medians.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class PeersCommand implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "DIR", description = "A checkpoint directory.")
    private Path model = Path.of("");

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            defaultValue = "bf16",
            description = "Carafe's: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private NumericType dtype = NumericType.bf16;

    @Option(
            names = "--gguf",
            paramLabel = "FILE",
            description =
                    "The same weights for llama.cpp (default: in the checkpoint's directory bf16.gguf, q8_0.gguf or q4_0.gguf, by --dtype).")
    private @Nullable Path gguf;

    @Option(
            names = "--jlama",
            paramLabel = "TYPE",
            split = ",",
            defaultValue = "bf16,q4",
            description =
                    "Jlama's weights: ${COMPLETION-CANDIDATES}; q4 needs DIR-JQ4 beside DIR, which jlama.sh quantize makes (default: ${DEFAULT-VALUE}).")
    private List<Peers.JlamaWeights> jlama = List.of();

    @Option(
            names = "--peers-dir",
            paramLabel = "DIR",
            defaultValue = "${env:CARAFE_PEERS:-}",
            description = "Where peer_llamacpp.py and jlama.sh are (default: the environment's CARAFE_PEERS).")
    private Path scripts = Path.of("");

    @Option(
            names = "--lab",
            paramLabel = "DIR",
            defaultValue = "${env:LAB:-}",
            description = "Where their setup.sh put the peers (default: the environment's LAB).")
    private Path lab = Path.of("");

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often each is measured (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--jlama-rounds",
            paramLabel = "N",
            defaultValue = "1",
            description = "How often Jlama is, which takes most of the time (default: ${DEFAULT-VALUE}).")
    private int jlamaRounds;

    @Option(
            names = "--prefill",
            paramLabel = "TOKENS",
            defaultValue = "512",
            description = "Length of the prompt (default: ${DEFAULT-VALUE}).")
    private int prefillTokens;

    @Option(
            names = "--decode",
            paramLabel = "TOKENS",
            defaultValue = "32",
            description = "Tokens decoded behind it (default: ${DEFAULT-VALUE}).")
    private int decodeTokens;

    @Option(
            names = "--streams",
            paramLabel = "N",
            defaultValue = "16",
            description = "Streams of the batched measurement; 1: none (default: ${DEFAULT-VALUE}).")
    private int streams;

    @Option(
            names = "--stream-prompt",
            paramLabel = "TOKENS",
            defaultValue = "32",
            description = "Length of each stream's prompt (default: ${DEFAULT-VALUE}).")
    private int streamPromptTokens;

    @Option(
            names = "--stream-tokens",
            paramLabel = "TOKENS",
            defaultValue = "40",
            description = "Tokens that each stream decodes; Jlama's at most 8 (default: ${DEFAULT-VALUE}).")
    private int streamTokens;

    @Option(names = "--threads", paramLabel = "N", description = "The peers' CPU threads (default: all).")
    private @Nullable Integer threads;

    @Option(
            names = "--time-limit",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description =
                    "A contender that takes longer for one measurement is given up; the others go on (default: ${DEFAULT-VALUE}).")
    private int limitSeconds;

    @Option(
            names = "--quiet-wait",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description =
                    "How long a turn may wait for a quiet machine, and a peer's script repeat what was disturbed (default: ${DEFAULT-VALUE}).")
    private int quietSeconds;

    @Option(names = "--json", paramLabel = "FILE", description = "Write all measurements there.")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        int cores = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
        Workload workload = new Workload(prefillTokens, decodeTokens, streams, streamPromptTokens, streamTokens, cores);
        within("--rounds", rounds, 100);
        within("--jlama-rounds", jlamaRounds, 100);
        within("--time-limit", limitSeconds, 86_400);
        if (quietSeconds < 0 || quietSeconds > 3600) {
            throw new IllegalArgumentException("--quiet-wait must be between 0 and 3600, not " + quietSeconds);
        }
        PeersReport report = new PeersReport(Machine.here(), workload, Goal.of(dtype, workload));
        List<Contender> contenders = new ArrayList<>(peers(workload));
        System.err.println("bench: loading " + model);
        // Ctrl-C and SIGTERM end the run, not what it found out.
        Thread cutShort = new Thread(() -> System.out.printf("%nEnded early.%n%s", report.text()), "report-so-far");
        try (CarafeContender carafe = new CarafeContender(model, dtype, workload)) {
            contenders.addFirst(carafe);
            contenders.forEach(report::enter);
            Runtime.getRuntime().addShutdownHook(cutShort);
            new PeersRun(
                            contenders,
                            workload,
                            rounds,
                            Duration.ofSeconds(limitSeconds),
                            Duration.ofSeconds(quietSeconds),
                            System.err)
                    .into(report);
            Runtime.getRuntime().removeShutdownHook(cutShort);
        }
        System.out.print(report.text());
        if (json != null) {
            Files.write(
                    json,
                    JsonMapper.builder()
                            .build()
                            .writerWithDefaultPrettyPrinter()
                            .writeValueAsBytes(report));
        }
        return report.failures().isEmpty() ? 0 : 1;
    }

    private static void within(String option, int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(option + " must be between 1 and " + max + ", not " + value);
        }
    }

    private List<Contender> peers(Workload workload) {
        Peers all = new Peers(scripts, lab, workload, quietSeconds);
        List<Contender> found = new ArrayList<>();
        try {
            found.add(all.llamaCpp(gguf == null ? model.resolve(ggufName()) : gguf));
        } catch (Peers.MissingException e) {
            missing(e);
        }
        for (Peers.JlamaWeights weights : jlama) {
            if (weights != Peers.JlamaWeights.off) {
                try {
                    found.add(all.jlama(weights, model, jlamaRounds));
                } catch (Peers.MissingException e) {
                    missing(e);
                }
            }
        }
        return found;
    }

    private String ggufName() {
        return switch (dtype) {
            case auto, bf16 -> "bf16.gguf";
            case f32 -> "f32.gguf";
            case int8 -> "q8_0.gguf";
            case int4 -> "q4_0.gguf";
        };
    }

    private static void missing(Peers.MissingException e) {
        System.err.println("bench: left out, missing " + e.getMessage());
    }
}
