package org.carafe.models.tokenizer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.carafe.models.CheckpointException;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a GGUF file, checked.
 *
 * @param pieces text by id; each text once
 * @param types by id: {@code tokenizer.ggml.token_type}
 * @param scores by id: SentencePiece's log-probabilities; empty where the file has none
 */
record GgufVocabulary(List<String> pieces, List<TokenKind> types, List<Double> scores) {
    static final String PREFIX = "tokenizer.ggml.";

    /** {@code llama_token_type} of GGUF; its numbers begin with 1. */
    enum TokenKind {
        NORMAL,
        UNKNOWN,
        CONTROL,
        USER_DEFINED,
        UNUSED,
        BYTE
    }

    static GgufVocabulary of(Map<String, Object> metadata) {
        List<?> tokens = list(metadata, "tokens");
        if (tokens.isEmpty()) {
            throw new CheckpointException("the GGUF file has no " + PREFIX + "tokens");
        }
        if (tokens.size() > TokenizerFileReader.ID_MAX) {
            throw new CheckpointException(
                    PREFIX + "tokens has " + tokens.size() + " tokens, at most " + TokenizerFileReader.ID_MAX);
        }
        List<?> types = sameSize(list(metadata, "token_type"), "token_type", tokens);
        List<?> scores = sameSize(list(metadata, "scores"), "scores", tokens);
        List<String> pieces = new ArrayList<>(tokens.size());
        List<TokenKind> checkedTypes = new ArrayList<>(tokens.size());
        Set<String> seen = new HashSet<>();
        for (int id = 0; id < tokens.size(); id++) {
            String piece = tokens.get(id) instanceof String text ? text : "";
            // The first of equal pieces is the one text becomes; the others keep their ids.
            pieces.add(!piece.isEmpty() && seen.add(piece) ? piece : "[carafe:unused " + id + "]");
            checkedTypes.add(pieces.get(id).equals(piece) ? type(types, id) : TokenKind.UNUSED);
        }
        List<Double> checkedScores = new ArrayList<>(scores.size());
        for (Object score : scores) {
            checkedScores.add(score instanceof Number number ? number.doubleValue() : 0.0);
        }
        return new GgufVocabulary(pieces, checkedTypes, checkedScores);
    }

    private static TokenKind type(List<?> types, int id) {
        if (types.isEmpty()) {
            return TokenKind.NORMAL;
        }
        long number = types.get(id) instanceof Number value ? value.longValue() : 0;
        return number >= 1 && number <= TokenKind.values().length
                ? TokenKind.values()[(int) number - 1]
                : TokenKind.NORMAL;
    }

    private static List<?> sameSize(List<?> values, String key, List<?> tokens) {
        if (!values.isEmpty() && values.size() != tokens.size()) {
            throw new CheckpointException(
                    PREFIX + key + " has " + values.size() + " entries for " + tokens.size() + " tokens");
        }
        return values;
    }

    /** A list of the file's metadata; empty where it has none. */
    static List<?> list(Map<String, Object> metadata, String key) {
        Object value = metadata.get(PREFIX + key);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> values)) {
            throw new CheckpointException(PREFIX + key + " is not a list");
        }
        return values;
    }

    /** The id under a key such as {@code eos_token_id}; empty where there is none, or no such token. */
    OptionalInt id(Map<String, Object> metadata, String key) {
        if (!(metadata.get(PREFIX + key) instanceof Number number)) {
            return OptionalInt.empty();
        }
        long id = number.longValue();
        return id >= 0 && id < pieces.size() ? OptionalInt.of((int) id) : OptionalInt.empty();
    }

    @Nullable
    String text(OptionalInt id) {
        return id.isPresent() ? pieces.get(id.getAsInt()) : null;
    }
}
