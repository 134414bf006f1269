package org.carafe.models.tokenizer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.carafe.models.CheckpointException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tokenizer.json in one streaming pass (a tree of Gemma's 600,000 merges would cost seconds and hundreds of MB) and rewrites
 * it on the way: each protected token is renamed to its stand-in, in {@code added_tokens}, in the vocabulary and as
 * {@code unk_token}, and merges with it are dropped. So the native tokenizer cannot make a protected token of a text that does not
 * hold the stand-in.
 */
final class TokenizerFileReader {
    /** Ids above this are no vocabulary (the largest known has 262,208 tokens). */
    static final int ID_MAX = (1 << 21) - 1;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String json;
    private final Set<String> alsoControl;
    private final Splices splices;
    private @Nullable String[] pieces = new String[1 << 15];
    private int pieceCount;
    private @Nullable AddedTokens added;
    private @Nullable JsonNode decoder;
    private boolean modelRead;

    private TokenizerFileReader(String json, Set<String> alsoControl) {
        this.json = json;
        this.alsoControl = alsoControl;
        this.splices = new Splices(json);
    }

    /**
     * Reads it.
     *
     * @param alsoControl texts of tokens that are protected whatever the file says (BOS, EOS)
     * @throws CheckpointException where it is no tokenizer that can be used
     */
    static TokenizerFile read(String json, Set<String> alsoControl) {
        try {
            TokenizerFileReader reader = new TokenizerFileReader(json, alsoControl);
            AddedTokens added = reader.readTop();
            if (!reader.modelRead) {
                reader.readTop(); // the model stood before the added tokens
            }
            return reader.finish(added);
        } catch (IOException e) {
            throw new CheckpointException(
                    "tokenizer.json is not valid JSON: " + NativeTokenizer.firstLine(e.getMessage()), e);
        }
    }

    private AddedTokens readTop() throws IOException {
        try (JsonParser parser = JSON.getFactory().createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new CheckpointException("tokenizer.json is not a JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                switch (field) {
                    case "added_tokens" -> readAdded(parser);
                    case "decoder" -> {
                        JsonNode node = JSON.readTree(parser);
                        decoder = node.isNull() ? null : node;
                    }
                    case "model" -> {
                        if (added == null) {
                            parser.skipChildren();
                        } else {
                            readModel(parser, added);
                        }
                    }
                    default -> parser.skipChildren();
                }
            }
        }
        if (added == null) {
            added = new AddedTokens(JsonNodeFactory.instance.arrayNode(), Set.of());
        }
        return added;
    }

    private void readAdded(JsonParser parser) throws IOException {
        if (added != null) {
            parser.skipChildren();
            return;
        }
        int start = offset(parser);
        added = new AddedTokens(JSON.readTree(parser), alsoControl);
        int end = (int) parser.currentLocation().getCharOffset();
        splices.replace(start, end, added.guardedJson(JSON));
    }

    private void readModel(JsonParser parser, AddedTokens tokens) throws IOException {
        modelRead = true;
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new CheckpointException("tokenizer.json: model is not an object");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            boolean text = parser.nextToken() == JsonToken.VALUE_STRING;
            switch (field) {
                case "type" -> {
                    if (!parser.getText().equals("BPE")) {
                        throw new CheckpointException(
                                "tokenizer.json: model type " + parser.getText() + " is not supported, only BPE");
                    }
                }
                case "vocab" -> readVocabulary(parser, tokens);
                case "merges" -> readMerges(parser, tokens);
                case "unk_token" -> rename(parser, text ? tokens.guarded(parser.getText()) : null);
                default -> parser.skipChildren();
            }
        }
    }

    private void readVocabulary(JsonParser parser, AddedTokens tokens) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new CheckpointException("tokenizer.json: model.vocab is not an object");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String piece = parser.currentName();
            rename(parser, tokens.guarded(piece));
            if (parser.nextToken() != JsonToken.VALUE_NUMBER_INT) {
                throw new CheckpointException("tokenizer.json: id of \"" + piece + "\" in model.vocab is no integer");
            }
            put(parser.getIntValue(), piece);
            pieceCount++;
        }
    }

    private void put(int id, String piece) {
        if (id < 0 || id > ID_MAX) {
            throw new CheckpointException(
                    "tokenizer.json: id " + id + " of \"" + piece + "\" is not between 0 and " + ID_MAX);
        }
        if (id >= pieces.length) {
            pieces = Arrays.copyOf(pieces, Math.max(id + 1, pieces.length * 2));
        }
        pieces[id] = piece;
    }

    private void readMerges(JsonParser parser, AddedTokens tokens) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new CheckpointException("tokenizer.json: model.merges is not a list");
        }
        int dropStart = -1;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            boolean pair = parser.currentToken() == JsonToken.START_ARRAY;
            int start = pair || dropStart >= 0 ? offset(parser) : -1;
            boolean drop;
            if (pair) {
                String left = parser.nextTextValue();
                String right = parser.nextTextValue();
                drop = makesGuarded(left, right, tokens);
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    parser.skipChildren();
                }
            } else {
                drop = tokens.mayHoldGuarded(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength())
                        && makesGuarded(parser.getText(), tokens);
                start = drop ? offset(parser) : start;
            }
            if (drop && dropStart < 0) {
                dropStart = start;
            } else if (!drop && dropStart >= 0) {
                splices.dropElements(dropStart, start);
                dropStart = -1;
            }
        }
        if (dropStart >= 0) {
            splices.dropElements(dropStart, offset(parser));
        }
    }

    private static boolean makesGuarded(String merge, AddedTokens tokens) {
        int space = merge.indexOf(' ');
        return space > 0 && makesGuarded(merge.substring(0, space), merge.substring(space + 1), tokens);
    }

    private static boolean makesGuarded(@Nullable String left, @Nullable String right, AddedTokens tokens) {
        return tokens.guarded(left + right) != null || tokens.guarded(left) != null || tokens.guarded(right) != null;
    }

    /** The string the parser stands at becomes the stand-in of a protected token. */
    private void rename(JsonParser parser, @Nullable AddedToken token) throws IOException {
        if (token != null) {
            splices.replaceString(offset(parser), JSON.writeValueAsString(token.standIn()));
        }
    }

    private static int offset(JsonParser parser) {
        return (int) parser.currentTokenLocation().getCharOffset();
    }

    private TokenizerFile finish(AddedTokens tokens) {
        if (!modelRead || pieceCount == 0) {
            throw new CheckpointException("tokenizer.json has no model with a vocabulary");
        }
        List<AddedToken> resolved = tokens.withIds(pieces, pieceCount);
        resolved.forEach(token -> put(token.id(), token.content()));
        int size = pieces.length;
        while (size > 0 && pieces[size - 1] == null) {
            size--;
        }
        return new TokenizerFile(Arrays.copyOf(pieces, size), resolved, decoder, splices.result());
    }
}
