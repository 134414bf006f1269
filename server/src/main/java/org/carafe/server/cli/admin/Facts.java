package org.carafe.server.cli.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.carafe.server.admin.AdminJson;

/** An object for people: a name and a value a line; what is not set is left out. */
final class Facts {
    private Facts() {}

    static String text(Object answer) {
        JsonNode object = AdminJson.tree(answer);
        int width = 0;
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            width = Math.max(width, field.getKey().length());
        }
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            String value = value(field.getValue());
            if (!value.equals("-")) {
                String name = field.getKey().replace('_', ' ');
                String indented = value.replace("\n", "\n" + " ".repeat(width + 2));
                text.append(name)
                        .append(" ".repeat(width + 2 - name.length()))
                        .append(indented)
                        .append('\n');
            }
        }
        return text.toString();
    }

    /** On one line, but for texts that have several; {@code -} where there is nothing. */
    static String value(JsonNode value) {
        if (value.isNull() || value.isMissingNode()) {
            return "-";
        }
        if (value.isArray()) {
            List<String> parts = new ArrayList<>();
            value.forEach(part -> parts.add(value(part)));
            return parts.isEmpty() ? "-" : String.join(", ", parts);
        }
        if (value.isObject()) {
            List<String> parts = new ArrayList<>();
            value.properties().forEach(field -> {
                String part = value(field.getValue());
                if (!part.equals("-")) {
                    parts.add(field.getKey().replace('_', ' ') + " " + part);
                }
            });
            return parts.isEmpty() ? "-" : String.join(", ", parts);
        }
        if (value.isBoolean()) {
            return value.booleanValue() ? "yes" : "no";
        }
        return value.isNumber() ? value.decimalValue().toPlainString() : time(value.textValue());
    }

    /** Seconds are enough for people. */
    private static String time(String text) {
        return text.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z")
                ? text.substring(0, 10) + " " + text.substring(11, 19) + "Z"
                : text;
    }
}
