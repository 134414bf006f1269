package org.carafe.models.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.carafe.models.CheckpointException;
import org.jspecify.annotations.Nullable;

/** The {@code added_tokens} of a file; protected ones get stand-ins: names with 128 random bits that no author of a text knows. */
final class AddedTokens {
    static final int COUNT_MAX = 100_000;

    private final ArrayNode array;
    private final List<AddedToken> tokens = new ArrayList<>();
    private final Map<String, AddedToken> guarded = new HashMap<>();
    private final String guardedFirstChars;

    /**
     * Reads them, and puts stand-ins into {@code node}.
     *
     * @param alsoControl texts of tokens that are protected whatever the file says (BOS, EOS)
     */
    AddedTokens(JsonNode node, Set<String> alsoControl) {
        if (!(node instanceof ArrayNode list) || list.size() > COUNT_MAX) {
            throw new CheckpointException(
                    "tokenizer.json: added_tokens is no list of at most " + COUNT_MAX + " tokens");
        }
        array = list;
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        String secret = HexFormat.of().formatHex(random);
        StringBuilder firstChars = new StringBuilder();
        for (JsonNode entry : array) {
            AddedToken token = parse(entry);
            if (token.content().isEmpty()) {
                continue;
            }
            if (token.isControl() || alsoControl.contains(token.content())) {
                token = token.withStandIn("\uE000" + secret + "." + tokens.size() + "\uE001");
                guarded.putIfAbsent(token.content(), token);
                if (firstChars.indexOf(token.content().substring(0, 1)) < 0) {
                    firstChars.append(token.content().charAt(0));
                }
                ((ObjectNode) entry).put("content", token.standIn());
                // Whether it stands alone is judged where its text is looked for: see SpecialTokenScanner.
                ((ObjectNode) entry).put("single_word", false);
            }
            tokens.add(token);
        }
        guardedFirstChars = firstChars.toString();
    }

    private static AddedToken parse(JsonNode entry) {
        if (!entry.isObject()) {
            throw new CheckpointException("tokenizer.json: added_tokens holds something that is not an object");
        }
        return new AddedToken(
                -1,
                entry.path("content").asText(""),
                entry.path("single_word").asBoolean(),
                entry.path("lstrip").asBoolean(),
                entry.path("rstrip").asBoolean(),
                entry.path("normalized").asBoolean(),
                entry.path("special").asBoolean(),
                null);
    }

    /** The list for the native tokenizer. */
    String guardedJson(ObjectMapper json) throws JsonProcessingException {
        return json.writeValueAsString(array);
    }

    /** The protected token of that text. */
    @Nullable
    AddedToken guarded(@Nullable String content) {
        return content == null || guarded.isEmpty() ? null : guarded.get(content);
    }

    /** False where no protected token's text can be inside: spares most merges a look-up. */
    boolean mayHoldGuarded(char[] text, int from, int length) {
        for (int i = from; i < from + length; i++) {
            if (guardedFirstChars.indexOf(text[i]) >= 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * Gives every token its id as the native tokenizer does, whatever id the file declares: the vocabulary's, else the next free one.
     *
     * @param pieces the vocabulary by id
     * @param pieceCount how many pieces it has
     */
    List<AddedToken> withIds(@Nullable String[] pieces, int pieceCount) {
        Map<String, Integer> ids = new HashMap<>();
        tokens.forEach(token -> ids.put(token.content(), -1));
        for (int id = 0; id < pieces.length; id++) {
            int vocabularyId = id;
            ids.computeIfPresent(String.valueOf(pieces[id]), (content, none) -> vocabularyId);
        }
        List<AddedToken> resolved = new ArrayList<>();
        int highest = -1;
        for (AddedToken token : tokens) {
            int id = ids.getOrDefault(token.content(), -1);
            if (id < 0) {
                id = highest >= pieceCount || pieceCount == 0 ? highest + 1 : pieceCount;
                ids.put(token.content(), id);
            }
            highest = Math.max(highest, id);
            resolved.add(token.withId(id));
        }
        return resolved;
    }
}
