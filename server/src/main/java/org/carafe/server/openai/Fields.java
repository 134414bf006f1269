package org.carafe.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one JSON object, each once, with type and range; what was never asked for is unknown. A null is an absent field.
 * Not thread-safe.
 */
public final class Fields {
    private final ObjectNode node;
    private final String path;
    private final Set<String> known = new HashSet<>();

    /** @param path of the object in the request, such as {@code messages[2].}; empty for the request itself */
    public Fields(ObjectNode node, String path) {
        this.node = node;
        this.path = path;
    }

    /** The value, or null where it is absent or null. Marks the name as known. */
    public @Nullable JsonNode value(String name) {
        known.add(name);
        JsonNode value = node.get(name);
        return value == null || value.isNull() ? null : value;
    }

    /** True if the name is there, be it with a null. Marks it as known. */
    public boolean has(String name) {
        known.add(name);
        return node.has(name);
    }

    /** The path of a field. */
    public String at(String name) {
        return path + name;
    }

    /** A string of at most {@code charsMax} UTF-16 units, well-formed. */
    public @Nullable String text(String name, int charsMax) {
        JsonNode value = value(name);
        return value == null ? null : text(value, at(name), charsMax);
    }

    /** A string that must be there. */
    public String requiredText(String name, int charsMax) {
        return text(required(name), at(name), charsMax);
    }

    /** A value that must be there. */
    public JsonNode required(String name) {
        JsonNode value = value(name);
        if (value == null) {
            throw new ApiException(ErrorKind.MISSING_FIELD, "Missing required field '" + at(name) + "'.", at(name));
        }
        return value;
    }

    /** A string value of at most {@code charsMax} UTF-16 units, well-formed. */
    public static String text(JsonNode value, String path, int charsMax) {
        if (!value.isTextual()) {
            throw wrongType(path, "a string", value);
        }
        String text = value.textValue();
        if (text.length() > charsMax) {
            throw invalid(path, "it has " + text.length() + " characters; the limit is " + charsMax);
        }
        return WellFormed.of(text);
    }

    /** A boolean, or {@code fallback}. */
    public boolean flag(String name, boolean fallback) {
        JsonNode value = value(name);
        if (value == null) {
            return fallback;
        }
        if (!value.isBoolean()) {
            throw wrongType(at(name), "a boolean", value);
        }
        return value.booleanValue();
    }

    /** An integer within {@code [min, max]}. */
    public @Nullable Integer integer(String name, int min, int max) {
        Long value = longInteger(name, min, max);
        return value == null ? null : Math.toIntExact(value);
    }

    /** An integer within {@code [min, max]}, or {@code fallback}. */
    public int integer(String name, int min, int max, int fallback) {
        Integer value = integer(name, min, max);
        return value == null ? fallback : value;
    }

    /** A 64-bit integer within {@code [min, max]}. */
    public @Nullable Long longInteger(String name, long min, long max) {
        JsonNode value = value(name);
        return value == null ? null : longInteger(value, at(name), min, max);
    }

    /** An integer value within {@code [min, max]}. */
    public static long longInteger(JsonNode value, String path, long min, long max) {
        if (!value.isIntegralNumber()) {
            throw wrongType(path, "an integer", value);
        }
        if (!value.canConvertToLong() || value.longValue() < min || value.longValue() > max) {
            throw outOfRange(path, value, Long.toString(min), Long.toString(max));
        }
        return value.longValue();
    }

    /** A finite number within {@code [min, max]}. */
    public @Nullable Double number(String name, double min, double max) {
        JsonNode value = value(name);
        return value == null ? null : number(value, at(name), min, max);
    }

    /** A number value within {@code [min, max]}. */
    public static double number(JsonNode value, String path, double min, double max) {
        if (!value.isNumber()) {
            throw wrongType(path, "a number", value);
        }
        double number = value.doubleValue();
        // Written so that NaN and infinities fail too.
        if (!(number >= min && number <= max)) {
            throw outOfRange(path, value, plain(min), plain(max));
        }
        return number;
    }

    /** An object. */
    public @Nullable ObjectNode object(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (value instanceof ObjectNode object) {
            return object;
        }
        throw wrongType(at(name), "an object", value);
    }

    /** An array of at most {@code itemsMax}. */
    public @Nullable ArrayNode array(String name, int itemsMax) {
        JsonNode value = value(name);
        return value == null ? null : array(value, at(name), itemsMax);
    }

    /** An array value of at most {@code itemsMax}. */
    public static ArrayNode array(JsonNode value, String path, int itemsMax) {
        if (!(value instanceof ArrayNode array)) {
            throw wrongType(path, "an array", value);
        }
        if (array.size() > itemsMax) {
            throw invalid(path, "it has " + array.size() + " items; the limit is " + itemsMax);
        }
        return array;
    }

    /** Names (as paths) that nobody asked for, in the request's order. */
    public List<String> unknown() {
        List<String> unknown = new ArrayList<>();
        for (var names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                unknown.add(at(name));
            }
        }
        return unknown;
    }

    /** {@code INVALID_TYPE}: what was wanted and what was found. */
    public static ApiException wrongType(String path, String wanted, JsonNode found) {
        return new ApiException(
                ErrorKind.INVALID_TYPE,
                "Invalid '" + path + "': must be " + wanted + ", not " + Shown.type(found)
                        + (found.isNull() ? "." : " (" + Shown.value(found) + ")."),
                path);
    }

    /** {@code INVALID_VALUE}: why, in words that go on from the field's name. */
    public static ApiException invalid(String path, String why) {
        return new ApiException(ErrorKind.INVALID_VALUE, "Invalid '" + path + "': " + why + ".", path);
    }

    private static ApiException outOfRange(String path, JsonNode value, String min, String max) {
        return invalid(path, Shown.value(value) + " is not within " + min + " to " + max);
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
