package org.carafe.models.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.carafe.models.CheckpointException;

/**
 * The two things that tokenizer.json says about special tokens, read without parsing its vocabulary: the texts of added tokens, and
 * which one the post-processor puts before a text.
 */
final class TokenizerJson {
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength((int) JsonFiles.TOKENIZER_BYTES_MAX)
                            .build())
                    .build())
            .build();

    private final Map<Integer, String> addedTokens = new HashMap<>();
    private Optional<String> prefix = Optional.empty();

    private TokenizerJson() {}

    /**
     * Scans the file's content. Its writers put both things before the vocabulary, where the scan stops.
     *
     * @throws CheckpointException if it is not JSON
     */
    static TokenizerJson scan(String json) {
        TokenizerJson result = new TokenizerJson();
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new CheckpointException("tokenizer.json is not a JSON object");
            }
            boolean added = false;
            boolean post = false;
            while (!(added && post) && parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                parser.nextToken();
                switch (key) {
                    case "added_tokens" -> {
                        result.readAddedTokens(JSON.readTree(parser));
                        added = true;
                    }
                    case "post_processor" -> {
                        result.prefix = prefix(JSON.readTree(parser));
                        post = true;
                    }
                    default -> parser.skipChildren();
                }
            }
        } catch (IOException e) {
            String problem = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new CheckpointException("tokenizer.json is not JSON: " + problem, e);
        }
        return result;
    }

    /** The text of an added token. */
    Optional<String> addedToken(int id) {
        return Optional.ofNullable(addedTokens.get(id));
    }

    /** The special token that encoding puts before a single text. */
    Optional<String> prefix() {
        return prefix;
    }

    private void readAddedTokens(JsonNode tokens) {
        for (JsonNode token : tokens) {
            if (token.path("id").isInt() && token.path("content").isTextual()) {
                addedTokens.put(token.get("id").intValue(), token.get("content").textValue());
            }
        }
    }

    private static Optional<String> prefix(JsonNode processor) {
        return switch (processor.path("type").asText()) {
            case "TemplateProcessing" -> {
                String first = processor.at("/single/0/SpecialToken/id").asText();
                yield first.isEmpty() ? Optional.empty() : Optional.of(first);
            }
            case "Sequence" -> {
                for (JsonNode part : processor.path("processors")) {
                    Optional<String> found = prefix(part);
                    if (found.isPresent()) {
                        yield found;
                    }
                }
                yield Optional.empty();
            }
            default -> Optional.empty();
        };
    }
}
