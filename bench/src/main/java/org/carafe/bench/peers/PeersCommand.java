package org.carafe.bench.peers;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
            paramLabel = "bf16|Q4|off",
            defaultValue = "bf16",
            description = "Jlama's weights (default: ${DEFAULT-VALUE}).")
    private String jlama = "";

    @Option(
            names = "--peers-dir",
            paramLabel = "DIR",
            defaultValue = "${sys:carafe.peers:-../shared/peers}",
            description = "Where peer_llamacpp.py and jlama.sh are (default: ${DEFAULT-VALUE}).")
    private Path peers = Path.of("");

    @Option(
            names = "--lab",
            paramLabel = "DIR",
            defaultValue = "${env:LAB:-/tmp/lab}",
            description = "Where their setup.sh put the peers (default: ${DEFAULT-VALUE}).")
    private Path lab = Path.of("");

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often each is measured (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--prefill",
            paramLabel = "TOKENS",
            defaultValue = "512",
            description = "Length of the prompt (default: ${DEFAULT-VALUE}).")
    private int prefillTokens;

    @Option(
            names = "--decode",
            paramLabel = "TOKENS",
            defaultValue = "128",
            description = "Tokens decoded behind it (default: ${DEFAULT-VALUE}).")
    private int decodeTokens;

    @Option(
            names = "--streams",
            paramLabel = "N",
            defaultValue = "16",
            description = "Streams of the batched measurement; 1: none (default: ${DEFAULT-VALUE}).")
    private int streams;

    @Option(names = "--threads", paramLabel = "N", description = "The peers' CPU threads (default: all).")
    private @Nullable Integer threads;

    @Option(names = "--json", paramLabel = "FILE", description = "Write all measurements there.")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        int cores = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
        Workload workload = new Workload(prefillTokens, decodeTokens, streams, 128, 32, cores);
        PeersReport report = new PeersReport(Machine.here(), workload, rounds);
        List<Contender> contenders = new ArrayList<>(others(workload));
        try (CarafeContender carafe = new CarafeContender(model, dtype, workload)) {
            contenders.addFirst(carafe);
            carafe.measure(workload);
            for (int round = 1; round <= rounds; round++) {
                for (Contender contender : contenders) {
                    System.err.printf(Locale.ROOT, "round %d of %d: %s%n", round, rounds, contender.name());
                    report.add(contender.name(), contender.measure(workload));
                }
            }
        }
        System.out.println(report.table());
        System.out.println("Each ratio is Carafe's figure over the peer's: the median of the ratios round by round.");
        if (json != null) {
            Files.write(
                    json,
                    JsonMapper.builder()
                            .build()
                            .writerWithDefaultPrettyPrinter()
                            .writeValueAsBytes(report));
        }
        return 0;
    }

    private List<Contender> others(Workload workload) {
        List<Contender> found = new ArrayList<>();
        Path file = gguf == null ? model.resolve(ggufName()) : gguf;
        if (!Files.exists(peers.resolve("peer_llamacpp.py"))) {
            missing("the peers' scripts: no peer_llamacpp.py in " + peers + " (--peers-dir)");
        } else if (!Files.isDirectory(lab.resolve("npm/node_modules"))) {
            missing("llama.cpp: run " + peers.resolve("setup.sh") + " (LAB=" + lab + ")");
        } else if (!Files.exists(file)) {
            missing("llama.cpp's weights: no " + file + " (to_gguf.py makes it; --gguf)");
        } else {
            found.add(ScriptContender.llamaCpp(peers, lab, file, workload));
        }
        if (jlama.equals("off")) {
            return found;
        }
        if (!Files.exists(peers.resolve("jlama.sh")) || !Files.isDirectory(lab.resolve("jlama/lib"))) {
            missing("Jlama: run " + peers.resolve("setup.sh") + " (LAB=" + lab + ")");
        } else {
            found.add(ScriptContender.jlama(peers, lab, model, jlama.equals("bf16") ? "" : jlama, workload));
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

    private static void missing(String what) {
        System.err.println("bench: left out, missing " + what);
    }
}
