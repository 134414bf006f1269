package org.carafe.models.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.carafe.models.CheckpointException;

/**
 * Typed, bounded reading of a JSON object of a checkpoint. Every error names the file, the key, the value found and what is allowed.
 *
 * <p>As in Hugging Face's configuration classes, a key that is absent takes the default. A null counts as absent too, but for {@link
 * #isNull}: there it may mean "off".
 */
public final class ConfigReader {
    /** Longest value quoted in a message. */
    private static final int QUOTED_CHARACTERS_MAX = 60;

    private final String where;
    private final String path;
    private final JsonNode object;

    private ConfigReader(String where, String path, JsonNode object) {
        this.where = where;
        this.path = path;
        this.object = object;
    }

    /**
     * @param where the file, for messages
     * @throws CheckpointException if the node is not a JSON object
     */
    public static ConfigReader of(String where, JsonNode node) {
        if (!node.isObject()) {
            throw new CheckpointException(where + " is not a JSON object");
        }
        return new ConfigReader(where, "", node);
    }

    /** True if the key is there and not null. */
    public boolean has(String key) {
        return object.hasNonNull(key);
    }

    /** True if the key is there and null. */
    public boolean isNull(String key) {
        JsonNode value = object.get(key);
        return value != null && value.isNull();
    }

    /** A required integer in {@code [min, max]}. */
    public int integer(String key, int min, int max) {
        require(key);
        return integer(key, min, max, 0);
    }

    /** An integer in {@code [min, max]}, or the default where the key is absent or null. */
    public int integer(String key, int min, int max, int absent) {
        if (!has(key)) {
            return absent;
        }
        JsonNode value = object.get(key);
        // Some converters write 4096.0 for an integer.
        boolean whole = value.isIntegralNumber() || (value.isNumber() && value.doubleValue() % 1 == 0);
        if (!whole || value.doubleValue() < min || value.doubleValue() > max) {
            throw wrong(key, value, "an integer from " + min + " to " + max);
        }
        return value.intValue();
    }

    /** A required finite number in {@code [min, max]}. */
    public double number(String key, double min, double max) {
        require(key);
        return number(key, min, max, 0);
    }

    /** A finite number in {@code [min, max]}, or the default where the key is absent or null. */
    public double number(String key, double min, double max, double absent) {
        if (!has(key)) {
            return absent;
        }
        JsonNode value = object.get(key);
        if (!value.isNumber() || !(value.doubleValue() >= min && value.doubleValue() <= max)) {
            throw wrong(key, value, "a number from " + min + " to " + max);
        }
        return value.doubleValue();
    }

    /** A boolean, or the default where the key is absent or null. */
    public boolean flag(String key, boolean absent) {
        if (!has(key)) {
            return absent;
        }
        JsonNode value = object.get(key);
        if (!value.isBoolean()) {
            throw wrong(key, value, "true or false");
        }
        return value.booleanValue();
    }

    /** A string, or the default where the key is absent or null. */
    public String text(String key, String absent) {
        if (!has(key)) {
            return absent;
        }
        JsonNode value = object.get(key);
        if (!value.isTextual()) {
            throw wrong(key, value, "a string");
        }
        return value.textValue();
    }

    /** A list of strings; empty where the key is absent or null. */
    public List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        if (has(key)) {
            JsonNode value = object.get(key);
            for (JsonNode element : value) {
                if (!element.isTextual()) {
                    throw wrong(key, value, "a list of strings");
                }
                texts.add(element.textValue());
            }
            if (!value.isArray()) {
                throw wrong(key, value, "a list of strings");
            }
        }
        return List.copyOf(texts);
    }

    /** An integer or a list of integers ({@code eos_token_id}); empty where the key is absent or null. */
    public List<Integer> integers(String key, int min, int max) {
        List<Integer> integers = new ArrayList<>();
        if (has(key)) {
            JsonNode value = object.get(key);
            for (JsonNode element : value.isArray() ? value : List.of(value)) {
                if (!element.isIntegralNumber() || element.doubleValue() < min || element.doubleValue() > max) {
                    throw wrong(key, value, "an integer from " + min + " to " + max + ", or a list of them");
                }
                integers.add(element.intValue());
            }
        }
        return List.copyOf(integers);
    }

    /** A nested object; empty where the key is absent or null. */
    public Optional<ConfigReader> object(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        JsonNode value = object.get(key);
        if (!value.isObject()) {
            throw wrong(key, value, "an object");
        }
        return Optional.of(new ConfigReader(where, path + key + ".", value));
    }

    /** An error about a value of this object, in the words of the others. */
    public CheckpointException invalid(String key, String problem) {
        return new CheckpointException(where + ": " + path + key + " " + problem);
    }

    private void require(String key) {
        if (!has(key)) {
            throw invalid(key, "is missing");
        }
    }

    private CheckpointException wrong(String key, JsonNode value, String allowed) {
        String found = value.toString();
        if (found.length() > QUOTED_CHARACTERS_MAX) {
            found = found.substring(0, QUOTED_CHARACTERS_MAX) + "...";
        }
        return invalid(key, "is " + found + ", but must be " + allowed);
    }
}
