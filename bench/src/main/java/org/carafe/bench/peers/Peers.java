package org.carafe.bench.peers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.carafe.bench.peers.Contender.Maker;

/**
 * The peers' scripts and what they need.
 *
 * @param scripts directory of peer_llamacpp.py and jlama.sh; empty: not named
 * @param lab directory where their setup.sh put the peers; empty: not named
 * @param quietSecondsMax how long a script may wait for a quiet machine, or measure again because it was not
 */
record Peers(Path scripts, Path lab, Workload work, int quietSecondsMax) {
    /** The part with one stream has no streams, the part with streams as little else as the scripts allow. */
    private static final int LITTLE_PROMPT = 32;

    private static final int LITTLE_DECODE = 2;

    /** Jlama decodes its streams one by one: more tokens show nothing new and take minutes. */
    private static final int JLAMA_STREAM_TOKENS_MAX = 8;

    /** llama.cpp on a GGUF file. */
    Contender llamaCpp(Path gguf) throws MissingException {
        Path script = scripts.resolve("peer_llamacpp.py");
        needFolders("llama.cpp");
        need(Files.exists(script), "llama.cpp: no peer_llamacpp.py in " + scripts + " (--peers-dir)");
        need(Files.isDirectory(lab.resolve("npm/node_modules")), "llama.cpp: " + setUp());
        need(Files.exists(gguf), "llama.cpp's weights: no " + gguf + " (to_gguf.py makes it; --gguf)");
        Map<Part, List<String>> commands = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            boolean single = part == Part.SINGLE;
            List<String> command = new ArrayList<>(List.of("python3", script.toString(), "bench", gguf.toString()));
            option(command, "--pp", single ? work.prefillTokens() : LITTLE_PROMPT);
            option(command, "--tg", single ? work.decodeTokens() : LITTLE_DECODE);
            command.addAll(List.of("--batches", single ? "" : Integer.toString(work.streams())));
            option(command, "--bpp", work.streamPromptTokens());
            option(command, "--btg", work.streamTokens());
            common(command);
            commands.put(part, command);
        }
        Map<String, String> environment = environment();
        Path libraries = lab.resolve("npm/node_modules/@node-llama-cpp/linux-x64/bins/linux-x64");
        if (Files.isDirectory(libraries)) {
            unlessSet(environment, "LLAMACPP_LIB", libraries.toString());
        }
        return new ScriptContender(
                "llama.cpp " + gguf.getFileName(),
                Maker.LLAMA_CPP,
                Integer.MAX_VALUE,
                commands,
                environment,
                Map.of(
                        Figure.PREFILL, "prefill" + work.prefillTokens() + "_tok_s",
                        Figure.DECODE, "decode" + work.decodeTokens() + "_after_" + work.prefillTokens() + "_tok_s",
                        Figure.STREAMS, "batch" + work.streams() + "_decode_tok_s"));
    }

    /** Jlama on a checkpoint directory; for Q4 on one that its own quantizer wrote. */
    Contender jlama(JlamaWeights weights, Path checkpoint, int roundsMax) throws MissingException {
        Path script = scripts.resolve("jlama.sh");
        needFolders("Jlama");
        need(Files.exists(script), "Jlama: no jlama.sh in " + scripts + " (--peers-dir)");
        need(Files.isDirectory(lab.resolve("jlama/lib")), "Jlama: " + setUp());
        Path directory = weights.directory(checkpoint);
        need(
                Files.isDirectory(directory),
                "Jlama's weights: no " + directory + " (" + script + " quantize " + checkpoint + " --to " + directory
                        + ")");
        Map<Part, List<String>> commands = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            boolean single = part == Part.SINGLE;
            List<String> command = new ArrayList<>(List.of(script.toString(), "bench", directory.toString()));
            option(command, "--pp", single ? work.prefillTokens() : LITTLE_PROMPT);
            option(command, "--tg", single ? work.decodeTokens() : LITTLE_DECODE);
            option(command, "--par", single ? 0 : work.streams());
            option(command, "--bpp", work.streamPromptTokens());
            option(command, "--btg", Math.min(JLAMA_STREAM_TOKENS_MAX, work.streamTokens()));
            common(command);
            commands.put(part, command);
        }
        Map<String, String> environment = environment();
        unlessSet(
                environment,
                "JAVA25",
                Path.of(System.getProperty("java.home"), "bin").toString());
        return new ScriptContender(
                "jlama " + weights,
                Maker.JLAMA,
                roundsMax,
                commands,
                environment,
                Map.of(
                        Figure.PREFILL, "prefill_tok_s",
                        Figure.DECODE, "decode_after_" + work.prefillTokens() + "_tok_s",
                        Figure.STREAMS, "parallel" + work.streams() + "_decode_tok_s"));
    }

    private void common(List<String> command) {
        option(command, "--threads", work.threads());
        option(command, "--reps", 1);
    }

    private static void option(List<String> command, String name, int value) {
        command.addAll(List.of(name, Integer.toString(value)));
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("LAB", lab.toString());
        environment.put("QUIET_MAX_S", Integer.toString(quietSecondsMax));
        return environment;
    }

    /** Variables that only the user's environment can name win. */
    private static void unlessSet(Map<String, String> environment, String name, String value) {
        if (System.getenv(name) == null) {
            environment.put(name, value);
        }
    }

    private String setUp() {
        return "run " + scripts.resolve("setup.sh") + " (LAB=" + lab + ")";
    }

    /** An empty path is one that nobody named. */
    private void needFolders(String peer) throws MissingException {
        need(
                !scripts.toString().isEmpty(),
                peer + ": --peers-dir or CARAFE_PEERS names the folder of the peers' scripts");
        need(!lab.toString().isEmpty(), peer + ": --lab or LAB names the folder where their setup.sh put the peers");
    }

    private static void need(boolean there, String otherwise) throws MissingException {
        if (!there) {
            throw new MissingException(otherwise);
        }
    }

    /** What Jlama computes with. */
    enum JlamaWeights {
        bf16,
        q4,
        off;

        /** Jlama 0.8.4 does not quantize while it loads, so Q4 is a directory beside the checkpoint, named as it with {@code -JQ4}. */
        Path directory(Path checkpoint) {
            Path whole = checkpoint.toAbsolutePath().normalize();
            return this == q4 ? whole.resolveSibling(whole.getFileName() + "-JQ4") : whole;
        }
    }

    /** A peer is not there; the message says what to do. */
    static final class MissingException extends Exception {
        private static final long serialVersionUID = 1;

        MissingException(String message) {
            super(message);
        }
    }
}
