package org.carafe.server.openai;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;

/**
 * The one JSON reader: UTF-8, one object, no duplicate names, nothing after it, bounded depth, names and numbers. Thread-safe.
 */
public final class StrictJson {
    static final int DEPTH_MAX = 64;
    static final int NUMBER_CHARS_MAX = 128;
    static final int NAME_CHARS_MAX = 1024;

    private static final ObjectReader READER = reader();

    private StrictJson() {}

    private static ObjectReader reader() {
        StreamReadConstraints constraints = StreamReadConstraints.builder()
                .maxNestingDepth(DEPTH_MAX)
                .maxNumberLength(NUMBER_CHARS_MAX)
                .maxNameLength(NAME_CHARS_MAX)
                // The body limit bounds strings already.
                .maxStringLength(Integer.MAX_VALUE)
                .build();
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(constraints)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                // Names are the caller's: interning them would let a caller fill the intern table.
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .build();
        return JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build()
                .readerFor(JsonNode.class);
    }

    /**
     * Parses a request body.
     *
     * @throws ApiException {@code MALFORMED_JSON}, with the place of the first fault
     */
    public static ObjectNode object(byte[] body) {
        String text;
        try {
            // A strict decode: Jackson would take UTF-16, and lets encoded surrogates pass.
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ApiException(ErrorKind.MALFORMED_JSON, "The request body is not valid UTF-8.");
        }
        JsonNode node;
        try {
            node = READER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new ApiException(ErrorKind.MALFORMED_JSON, "The request body is not valid JSON: " + describe(e));
        }
        if (node instanceof ObjectNode object) {
            return object;
        }
        String found = node == null || node.isMissingNode() ? "nothing" : Shown.type(node);
        throw new ApiException(ErrorKind.MALFORMED_JSON, "The request body must be a JSON object, not " + found + ".");
    }

    private static String describe(JsonProcessingException e) {
        String what = Shown.text(
                e.getOriginalMessage()
                        .replaceAll("\\s*\\((start marker at|for Object|for Array|code).*", "")
                        .replaceAll("\\s+", " "),
                160);
        return e.getLocation() == null
                ? what
                : what + " (line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ")";
    }
}
