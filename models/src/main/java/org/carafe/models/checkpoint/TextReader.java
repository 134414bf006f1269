package org.carafe.models.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.carafe.models.CheckpointException;
import org.carafe.models.tokenizer.TextAssets;
import org.jspecify.annotations.Nullable;

/** Reads tokenizer.json and what stands around it in a Hugging Face directory. */
final class TextReader {
    /** Tokenizer classes that add BOS unless told otherwise, whatever tokenizer.json's post-processor says. */
    private static final Set<String> ADD_BEGIN_CLASSES = Set.of(
            "LlamaTokenizer",
            "LlamaTokenizerFast",
            "CodeLlamaTokenizer",
            "CodeLlamaTokenizerFast",
            "GemmaTokenizer",
            "GemmaTokenizerFast");

    private TextReader() {}

    /**
     * Reads the text side of a directory.
     *
     * @param modelConfig config.json, for {@code bos_token_id} and {@code eos_token_id} where the tokenizer's files name no tokens
     */
    static TextAssets read(Path directory, JsonNode modelConfig) {
        String tokenizerJson = tokenizerJson(directory);
        TokenizerJson tokenizer = TokenizerJson.scan(tokenizerJson);
        JsonNode config = optional(directory.resolve("tokenizer_config.json"));
        JsonNode specials = optional(directory.resolve("special_tokens_map.json"));
        List<JsonNode> named = List.of(config, specials);
        String begin = token(named, "bos_token")
                .or(tokenizer::prefix)
                .or(() -> byId(tokenizer, modelConfig.path("bos_token_id")))
                .orElse(null);
        String end = token(named, "eos_token")
                .or(() -> byId(tokenizer, modelConfig.path("eos_token_id")))
                .orElse(null);
        return new TextAssets(
                tokenizerJson,
                ChatTemplateFiles.read(directory, config),
                begin,
                end,
                begin != null && addsBegin(config, tokenizer, begin));
    }

    private static String tokenizerJson(Path directory) {
        Path file = directory.resolve("tokenizer.json");
        if (Files.isRegularFile(file)) {
            return JsonFiles.text(file, JsonFiles.TOKENIZER_BYTES_MAX);
        }
        if (Files.isRegularFile(directory.resolve("tokenizer.model"))) {
            throw new CheckpointException(
                    directory + " has tokenizer.model but no tokenizer.json; convert it with: python3 -c"
                            + " \"from transformers import AutoTokenizer; AutoTokenizer.from_pretrained('" + directory
                            + "', use_fast=True).save_pretrained('" + directory + "')\"");
        }
        throw new CheckpointException(directory + " has no tokenizer.json");
    }

    private static JsonNode optional(Path file) {
        return Files.isRegularFile(file) ? JsonFiles.read(file) : JsonNodeFactory.instance.objectNode();
    }

    /** A special token: a string, or an object with the string as {@code content}. */
    private static Optional<String> token(List<JsonNode> files, String key) {
        for (JsonNode file : files) {
            JsonNode value = file.path(key);
            String text = value.isObject() ? value.path("content").textValue() : value.textValue();
            if (text != null && !text.isEmpty()) {
                return Optional.of(text);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> byId(TokenizerJson tokenizer, JsonNode id) {
        JsonNode first = id.isArray() ? id.path(0) : id;
        return first.isInt() ? tokenizer.addedToken(first.intValue()) : Optional.empty();
    }

    /**
     * As transformers decides it: {@code add_bos_token} if tokenizer_config.json has it, else the tokenizer class, else the
     * post-processor.
     */
    private static boolean addsBegin(JsonNode config, TokenizerJson tokenizer, @Nullable String begin) {
        if (config.path("add_bos_token").isBoolean()) {
            return config.path("add_bos_token").booleanValue();
        }
        return ADD_BEGIN_CLASSES.contains(config.path("tokenizer_class").asText())
                || tokenizer.prefix().filter(prefix -> prefix.equals(begin)).isPresent();
    }
}
