package org.carafe.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Free-form JSON of a caller, bounded and with well-formed texts: what chat templates read. */
final class CleanJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final String path;
    private int valuesLeft;
    private int charsLeft;

    private CleanJson(String path, int valuesMax, int charsMax) {
        this.path = path;
        this.valuesLeft = valuesMax;
        this.charsLeft = charsMax;
    }

    /**
     * A checked copy.
     *
     * @param path the field, for the error
     * @param valuesMax most values at any depth
     * @param charsMax most characters of all strings and names together
     */
    static JsonNode of(JsonNode node, String path, int valuesMax, int charsMax) {
        return new CleanJson(path, valuesMax, charsMax).copy(node);
    }

    private JsonNode copy(JsonNode node) {
        if (--valuesLeft < 0) {
            throw Fields.invalid(path, "it holds too many values");
        }
        return switch (node.getNodeType()) {
            case STRING -> NODES.textNode(text(node.textValue()));
            case NUMBER -> number(node);
            case ARRAY -> array(node);
            case OBJECT -> object(node);
            default -> node;
        };
    }

    private String text(String text) {
        charsLeft -= text.length();
        if (charsLeft < 0) {
            throw Fields.invalid(path, "its texts are too long together");
        }
        return WellFormed.of(text);
    }

    private JsonNode number(JsonNode node) {
        return node.isIntegralNumber()
                ? NODES.numberNode(Fields.longInteger(node, path, Long.MIN_VALUE, Long.MAX_VALUE))
                : NODES.numberNode(Fields.number(node, path, -Double.MAX_VALUE, Double.MAX_VALUE));
    }

    private ArrayNode array(JsonNode node) {
        ArrayNode array = NODES.arrayNode(node.size());
        node.forEach(item -> array.add(copy(item)));
        return array;
    }

    private ObjectNode object(JsonNode node) {
        ObjectNode object = NODES.objectNode();
        node.properties().forEach(field -> object.set(text(field.getKey()), copy(field.getValue())));
        return object;
    }
}
