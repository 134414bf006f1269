package org.carafe.models.gguf;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.carafe.models.CheckpointException;

/**
 * A GGUF file's key-value pairs.
 *
 * @param label the file, for messages
 * @param values String, Long (all integer types), Double (f32, f64), Boolean, or a List of these
 */
public record GgufMetadata(String label, Map<String, Object> values) {
    private static final long PAIRS_MAX = 65_536;
    private static final long KEY_BYTES_MAX = 65_535;

    public GgufMetadata {
        values = Collections.unmodifiableMap(values);
    }

    /** Reads as many pairs as the header announced. */
    static GgufMetadata read(String label, GgufCursor cursor) {
        long pairs = cursor.count("metadata pairs", PAIRS_MAX);
        GgufValueReader reader = new GgufValueReader(cursor);
        Map<String, Object> values = new LinkedHashMap<>();
        for (long i = 0; i < pairs; i++) {
            String key = cursor.string("a metadata key", KEY_BYTES_MAX);
            if (values.put(key, reader.value()) != null) {
                throw cursor.bad("has the metadata key " + key + " twice");
            }
        }
        return new GgufMetadata(label, values);
    }

    /** A string. */
    public Optional<String> text(String key) {
        return typed(key, String.class, "a string");
    }

    /** An integer. */
    public Optional<Long> integer(String key) {
        return typed(key, Long.class, "an integer");
    }

    /** A floating-point number. */
    public Optional<Double> number(String key) {
        return typed(key, Double.class, "a floating-point number");
    }

    /** An array; empty where the value is none. */
    public Optional<List<?>> list(String key) {
        return values.get(key) instanceof List<?> list ? Optional.of(list) : Optional.empty();
    }

    private <T> Optional<T> typed(String key, Class<T> type, String expected) {
        Object value = values.get(key);
        if (value != null && !type.isInstance(value)) {
            throw new CheckpointException(label + ": metadata key " + key + " is not " + expected);
        }
        return Optional.ofNullable(value).map(type::cast);
    }
}
