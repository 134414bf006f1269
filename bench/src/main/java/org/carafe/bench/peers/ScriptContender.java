package org.carafe.bench.peers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A peer behind its script, which prints one JSON object of medians as its last line of output. */
final class ScriptContender implements Contender {
    private static final long MINUTES_MAX = 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final List<String> command;
    private final Map<String, String> environment;
    private final List<String> keys;

    /**
     * A peer.
     *
     * @param keys of prefill, single decode and batched decode in the script's answer
     */
    ScriptContender(String name, List<String> command, Map<String, String> environment, List<String> keys) {
        this.name = name;
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        this.keys = List.copyOf(keys);
    }

    /** llama.cpp on a GGUF file. */
    static ScriptContender llamaCpp(Path peers, Path lab, Path gguf, Workload work) {
        return new ScriptContender(
                "llama.cpp " + gguf.getFileName(),
                List.of(
                        "python3",
                        peers.resolve("peer_llamacpp.py").toString(),
                        "bench",
                        gguf.toString(),
                        "--threads",
                        Integer.toString(work.threads()),
                        "--pp",
                        Integer.toString(work.prefillTokens()),
                        "--tg",
                        Integer.toString(work.decodeTokens()),
                        "--reps",
                        "1",
                        "--batches",
                        work.streams() < 2 ? "" : Integer.toString(work.streams()),
                        "--bpp",
                        Integer.toString(work.streamPromptTokens()),
                        "--btg",
                        Integer.toString(work.streamTokens())),
                Map.of("LAB", lab.toString()),
                List.of(
                        "prefill" + work.prefillTokens() + "_tok_s",
                        "decode" + work.decodeTokens() + "_after_" + work.prefillTokens() + "_tok_s",
                        "batch" + work.streams() + "_decode_tok_s"));
    }

    /** Jlama on a checkpoint directory; {@code quantization} such as Q4, or empty. */
    static ScriptContender jlama(Path peers, Path lab, Path directory, String quantization, Workload work) {
        List<String> command = new ArrayList<>(List.of(
                peers.resolve("jlama.sh").toString(),
                "bench",
                directory.toString(),
                "--threads",
                Integer.toString(work.threads()),
                "--pp",
                Integer.toString(work.prefillTokens()),
                "--tg",
                Integer.toString(work.decodeTokens()),
                "--reps",
                "1",
                "--par",
                Integer.toString(work.streams() < 2 ? 0 : work.streams()),
                "--bpp",
                Integer.toString(work.streamPromptTokens()),
                "--btg",
                Integer.toString(work.streamTokens())));
        if (!quantization.isEmpty()) {
            command.addAll(List.of("--quant", quantization));
        }
        return new ScriptContender(
                "jlama " + (quantization.isEmpty() ? "bf16" : quantization),
                command,
                Map.of("LAB", lab.toString()),
                List.of(
                        "prefill_tok_s",
                        "decode_after_" + work.prefillTokens() + "_tok_s",
                        "parallel" + work.streams() + "_decode_tok_s"));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Measured measure(Workload workload) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("carafe-peer", ".log");
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
            builder.environment().putAll(environment);
            // The peers wait for a quiet machine before each repeat; not for ever.
            builder.environment().putIfAbsent("QUIET_MAX_S", "120");
            Process process = builder.start();
            String last = process.inputReader(StandardCharsets.UTF_8).lines().reduce("", (before, line) -> line);
            if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IOException(name + " took more than " + MINUTES_MAX + " minutes");
            }
            if (process.exitValue() != 0) {
                List<String> lines = Files.readAllLines(errors);
                throw new IOException(name + " failed: " + (lines.isEmpty() ? last : lines.getLast()));
            }
            return parse(last);
        } finally {
            Files.deleteIfExists(errors);
        }
    }

    private Measured parse(String line) throws IOException {
        try {
            JsonNode json = JSON.readTree(line);
            return new Measured(median(json, keys.get(0)), median(json, keys.get(1)), median(json, keys.get(2)));
        } catch (JsonProcessingException e) {
            throw new IOException(name + " did not answer in JSON: " + line, e);
        }
    }

    private static double median(JsonNode json, String key) {
        return json.path(key).path("median").asDouble(Double.NaN);
    }
}
