package org.carafe.inference.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.carafe.models.tokenizer.TextAssets;
import org.carafe.models.tokenizer.Tokenizer;

/** Tiny tokenizers of both kinds: byte-level as Llama 3's, and pieces with byte fallback as Mistral's. */
final class SampleTokenizers {
    static final Tokenizer BYTE_LEVEL = load("llama3", "<|begin_of_text|>", "<|eot_id|>");
    static final Tokenizer PIECES = load("mistral", "<s>", "</s>");

    private SampleTokenizers() {}

    private static Tokenizer load(String name, String begin, String end) {
        try (InputStream in = SampleTokenizers.class.getResourceAsStream("/tokenizers/" + name + ".json")) {
            String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Tokenizer.of(new TextAssets(json, Map.of(), begin, end, true));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
