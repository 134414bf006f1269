package org.carafe.models.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.carafe.models.CheckpointException;

/** Bounded reading of a checkpoint's text files. */
final class JsonFiles {
    /** config.json and its like are a few KB; an index of a thousand shards is a few MB. */
    static final long JSON_BYTES_MAX = 64L << 20;
    /** The largest tokenizer.json in use (262k tokens) has 33 MB. */
    static final long TOKENIZER_BYTES_MAX = 256L << 20;

    static final long TEMPLATE_BYTES_MAX = 4L << 20;

    /** Python writes NaN and Infinity, so its readers take them. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private JsonFiles() {}

    /**
     * Parses a file.
     *
     * @throws CheckpointException if it is missing, too long or not JSON
     */
    static JsonNode read(Path file) {
        try {
            return JSON.readTree(text(file, JSON_BYTES_MAX));
        } catch (JsonProcessingException e) {
            // Without a location where a limit (depth, digits) was exceeded.
            String line =
                    e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
            throw new CheckpointException(file + " is not JSON: " + e.getOriginalMessage() + line, e);
        }
    }

    /**
     * Reads a UTF-8 file.
     *
     * @throws CheckpointException if it is missing, too long or not UTF-8
     */
    static String text(Path file, long bytesMax) {
        try {
            long size = Files.size(file);
            if (size > bytesMax) {
                throw new CheckpointException(file + " has " + size + " bytes; the limit is " + bytesMax);
            }
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new CheckpointException(file + " is not UTF-8 text", e);
        } catch (IOException e) {
            throw new CheckpointException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
