package org.carafe.models.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.carafe.models.CheckpointException;
import org.carafe.models.tokenizer.GgufVocabulary.TokenKind;
import org.jspecify.annotations.Nullable;

/**
 * The text side of a GGUF file: its metadata (strings, numbers, booleans and lists of these, by GGUF key) as a Hugging Face
 * tokenizer.json and the pieces beside it, so that one tokenizer serves both kinds of files. Stateless.
 */
public final class GgufTokenizer {
    private static final String SPACE = "\u2581";
    private static final String TEMPLATE = "tokenizer.chat_template";

    /** Texts of tokens that end a turn though the file names only one end token; llama.cpp's list, for the families here. */
    private static final Set<String> TURN_ENDS = Set.of(
            "<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>");

    private GgufTokenizer() {}

    /**
     * Everything that a checkpoint says about text.
     *
     * @throws CheckpointException where the tokenizer is of a kind that is not supported, or is broken
     */
    public static TextAssets textAssets(Map<String, Object> metadata) {
        GgufVocabulary vocabulary = GgufVocabulary.of(metadata);
        boolean addBegin = metadata.get(GgufVocabulary.PREFIX + "add_bos_token") instanceof Boolean declared
                ? declared
                : isSentencePiece(metadata) || preTokenizer(metadata).llama3Rules();
        return new TextAssets(
                toTokenizerJson(metadata),
                chatTemplates(metadata),
                vocabulary.text(vocabulary.id(metadata, "bos_token_id")),
                vocabulary.text(vocabulary.id(metadata, "eos_token_id")),
                addBegin);
    }

    /** Ids that end a generation: those the file names, and control tokens that end a turn. */
    public static List<Integer> endTokenIds(Map<String, Object> metadata) {
        GgufVocabulary vocabulary = GgufVocabulary.of(metadata);
        Set<Integer> ids = new TreeSet<>();
        for (String key : List.of("eos_token_id", "eot_token_id", "eom_token_id")) {
            vocabulary.id(metadata, key).ifPresent(ids::add);
        }
        for (int id = 0; id < vocabulary.pieces().size(); id++) {
            if (vocabulary.types().get(id) == TokenKind.CONTROL
                    && TURN_ENDS.contains(vocabulary.pieces().get(id))) {
                ids.add(id);
            }
        }
        return List.copyOf(ids);
    }

    private static Map<String, String> chatTemplates(Map<String, Object> metadata) {
        Map<String, String> templates = new HashMap<>();
        metadata.forEach((key, value) -> {
            if (value instanceof String template && key.equals(TEMPLATE)) {
                templates.put("default", template);
            } else if (value instanceof String template && key.startsWith(TEMPLATE + ".")) {
                templates.put(key.substring(TEMPLATE.length() + 1), template);
            }
        });
        return templates;
    }

    /**
     * Its tokenizer as a tokenizer.json.
     *
     * @throws CheckpointException where the tokenizer is of a kind that is not supported, or is broken
     */
    public static String toTokenizerJson(Map<String, Object> metadata) {
        GgufVocabulary vocabulary = GgufVocabulary.of(metadata);
        JsonFactory factory = new JsonFactory();
        StringWriter text = new StringWriter(1 << 20);
        try (JsonGenerator json = factory.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("version", "1.0");
            json.writeNullField("truncation");
            json.writeNullField("padding");
            writeAddedTokens(json, vocabulary);
            if (isSentencePiece(metadata)) {
                writeSentencePiece(json, metadata, vocabulary);
            } else {
                writeByteLevel(json, metadata, vocabulary);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static boolean isSentencePiece(Map<String, Object> metadata) {
        Object model = metadata.get(GgufVocabulary.PREFIX + "model");
        if ("llama".equals(model)) {
            return true;
        }
        if ("gpt2".equals(model)) {
            return false;
        }
        throw new CheckpointException("tokenizer.ggml.model " + (model == null ? "is missing" : "\"" + model + "\"")
                + ": only gpt2 and llama are supported");
    }

    private static GgufPreTokenizer preTokenizer(Map<String, Object> metadata) {
        return GgufPreTokenizer.named(String.valueOf(metadata.getOrDefault(GgufVocabulary.PREFIX + "pre", "")));
    }

    private static void writeAddedTokens(JsonGenerator json, GgufVocabulary vocabulary) throws IOException {
        json.writeArrayFieldStart("added_tokens");
        for (int id = 0; id < vocabulary.pieces().size(); id++) {
            TokenKind type = vocabulary.types().get(id);
            if (type == TokenKind.CONTROL || type == TokenKind.UNKNOWN || type == TokenKind.USER_DEFINED) {
                json.writeStartObject();
                json.writeNumberField("id", id);
                json.writeStringField("content", vocabulary.pieces().get(id));
                for (String off : List.of("single_word", "lstrip", "rstrip", "normalized")) {
                    json.writeBooleanField(off, false);
                }
                json.writeBooleanField("special", type != TokenKind.USER_DEFINED);
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }

    private static void writeSentencePiece(JsonGenerator json, Map<String, Object> metadata, GgufVocabulary vocabulary)
            throws IOException {
        boolean prefix =
                !(metadata.get(GgufVocabulary.PREFIX + "add_space_prefix") instanceof Boolean declared) || declared;
        json.writeFieldName("normalizer");
        String spaces = "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"" + SPACE + "\"}";
        json.writeRawValue(
                prefix
                        ? "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Prepend\",\"prepend\":\"" + SPACE
                                + "\"}," + spaces + "]}"
                        : spaces);
        json.writeFieldName("decoder");
        json.writeRawValue(
                "{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Replace\",\"pattern\":{\"String\":\"" + SPACE
                        + "\"},\"content\":\" \"},{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"}"
                        + (prefix ? ",{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}" : "")
                        + "]}");
        OptionalInt unknown = vocabulary.id(metadata, "unknown_token_id");
        if (unknown.isEmpty()) {
            int first = vocabulary.types().indexOf(TokenKind.UNKNOWN);
            unknown = first < 0 ? OptionalInt.empty() : OptionalInt.of(first);
        }
        startModel(json, vocabulary, vocabulary.text(unknown), true, false);
        json.writeArrayFieldStart("merges");
        for (SentencePieceMerges.Merge merge : SentencePieceMerges.of(vocabulary)) {
            json.writeStartArray();
            json.writeString(merge.left());
            json.writeString(merge.right());
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeByteLevel(JsonGenerator json, Map<String, Object> metadata, GgufVocabulary vocabulary)
            throws IOException {
        GgufPreTokenizer words = preTokenizer(metadata);
        json.writeNullField("normalizer");
        json.writeObjectFieldStart("pre_tokenizer");
        json.writeStringField("type", "Sequence");
        json.writeArrayFieldStart("pretokenizers");
        for (String pattern : words.patterns()) {
            json.writeStartObject();
            json.writeStringField("type", "Split");
            json.writeObjectFieldStart("pattern");
            json.writeStringField("Regex", pattern);
            json.writeEndObject();
            json.writeStringField("behavior", "Isolated");
            json.writeBooleanField("invert", false);
            json.writeEndObject();
        }
        String byteLevel =
                "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":false}";
        json.writeRawValue(byteLevel);
        json.writeEndArray();
        json.writeEndObject();
        json.writeFieldName("decoder");
        json.writeRawValue(byteLevel);
        startModel(json, vocabulary, null, false, words.llama3Rules());
        json.writeArrayFieldStart("merges");
        for (Object merge : GgufVocabulary.list(metadata, "merges")) {
            json.writeString(String.valueOf(merge));
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void startModel(
            JsonGenerator json,
            GgufVocabulary vocabulary,
            @Nullable String unknown,
            boolean byteFallback,
            boolean ignoreMerges)
            throws IOException {
        json.writeObjectFieldStart("model");
        json.writeStringField("type", "BPE");
        json.writeStringField("unk_token", unknown);
        json.writeBooleanField("fuse_unk", byteFallback);
        json.writeBooleanField("byte_fallback", byteFallback);
        json.writeBooleanField("ignore_merges", ignoreMerges);
        json.writeObjectFieldStart("vocab");
        for (int id = 0; id < vocabulary.pieces().size(); id++) {
            json.writeNumberField(vocabulary.pieces().get(id), id);
        }
        json.writeEndObject();
    }
}
