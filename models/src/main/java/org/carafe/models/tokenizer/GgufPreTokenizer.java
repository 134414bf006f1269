package org.carafe.models.tokenizer;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.carafe.models.CheckpointException;

/**
 * How a byte-level model cuts text into words. Sources: the tokenizer.json of each model; {@code DEFAULT} is llama.cpp's own, for
 * files that do not say.
 *
 * @param names under which GGUF files know it ({@code tokenizer.ggml.pre})
 * @param llama3Rules a word that is a token is that token whatever its merges (tiktoken's rule), and BOS comes first unless the file
 *     says otherwise
 * @param patterns Oniguruma expressions; each is applied to what those before it left
 */
record GgufPreTokenizer(Set<String> names, boolean llama3Rules, List<String> patterns) {
    private static final String LLAMA3 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String QWEN2 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String TEKKEN =
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
                    + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
                    + "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String GPT2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    private static final List<GgufPreTokenizer> ALL = List.of(
            new GgufPreTokenizer(
                    Set.of("llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"),
                    true,
                    List.of(LLAMA3)),
            new GgufPreTokenizer(Set.of("dbrx", "smaug-bpe"), false, List.of(LLAMA3)),
            new GgufPreTokenizer(Set.of("qwen2", "deepseek-r1-qwen", "stablelm2"), false, List.of(QWEN2)),
            new GgufPreTokenizer(Set.of("tekken"), true, List.of(TEKKEN)),
            new GgufPreTokenizer(
                    Set.of("gpt-2", "phi-2", "mpt", "olmo", "jais", "trillion", "a.x-4.0", "mellum"),
                    false,
                    List.of(GPT2)),
            new GgufPreTokenizer(
                    Set.of("smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b"),
                    false,
                    List.of("\\p{N}", GPT2)),
            new GgufPreTokenizer(
                    Set.of("default", ""),
                    false,
                    List.of("[\\p{P}\\$\\+<=>\\^~\\|]+", GPT2, "\\p{N}+", "[0-9][0-9][0-9]")));

    static GgufPreTokenizer named(String name) {
        for (GgufPreTokenizer one : ALL) {
            if (one.names.contains(name)) {
                return one;
            }
        }
        throw new CheckpointException("tokenizer.ggml.pre \"" + name + "\" is not supported, only "
                + ALL.stream()
                        .flatMap(one -> one.names.stream())
                        .filter(known -> !known.isEmpty())
                        .sorted()
                        .collect(Collectors.joining(", ")));
    }
}
