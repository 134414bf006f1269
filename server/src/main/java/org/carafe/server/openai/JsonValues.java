package org.carafe.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON as plain Java values (String, Boolean, Long, Double, List, Map, null): what chat templates read. Bounded. */
final class JsonValues {
    private final String path;
    private int valuesLeft;
    private int charsLeft;

    private JsonValues(String path, int valuesMax, int charsMax) {
        this.path = path;
        this.valuesLeft = valuesMax;
        this.charsLeft = charsMax;
    }

    /**
     * Converts.
     *
     * @param path the field, for the error
     * @param valuesMax most values at any depth
     * @param charsMax most characters of all strings and names together
     */
    static @Nullable Object of(JsonNode node, String path, int valuesMax, int charsMax) {
        return new JsonValues(path, valuesMax, charsMax).convert(node);
    }

    private @Nullable Object convert(JsonNode node) {
        if (--valuesLeft < 0) {
            throw Fields.invalid(path, "it holds too many values");
        }
        return switch (node.getNodeType()) {
            case STRING -> text(node.textValue());
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> number(node);
            case ARRAY -> list(node);
            case OBJECT -> map(node);
            default -> null;
        };
    }

    private String text(String text) {
        charsLeft -= text.length();
        if (charsLeft < 0) {
            throw Fields.invalid(path, "its texts are too long together");
        }
        return WellFormed.of(text);
    }

    private Object number(JsonNode node) {
        if (node.isIntegralNumber()) {
            return Fields.longInteger(node, path, Long.MIN_VALUE, Long.MAX_VALUE);
        }
        return Fields.number(node, path, -Double.MAX_VALUE, Double.MAX_VALUE);
    }

    private List<@Nullable Object> list(JsonNode node) {
        List<@Nullable Object> list = new ArrayList<>(node.size());
        for (JsonNode item : node) {
            list.add(convert(item));
        }
        return list;
    }

    private Map<String, @Nullable Object> map(JsonNode node) {
        Map<String, @Nullable Object> map = LinkedHashMap.newLinkedHashMap(node.size());
        for (var field : node.properties()) {
            map.put(text(field.getKey()), convert(field.getValue()));
        }
        return map;
    }
}
