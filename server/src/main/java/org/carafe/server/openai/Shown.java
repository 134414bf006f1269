package org.carafe.server.openai;

import com.fasterxml.jackson.databind.JsonNode;

/** How a caller's value is shown back in an error: shortened, on one line, without control characters. */
public final class Shown {
    private static final int CHARS_MAX = 60;

    private Shown() {}

    /** A JSON value, shortened. */
    public static String value(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> "'" + text(node.textValue(), CHARS_MAX) + "'";
            case ARRAY -> "an array of " + node.size();
            case OBJECT -> "an object";
            default -> text(node.toString(), CHARS_MAX);
        };
    }

    /** The kind of a JSON value, with its article. */
    public static String type(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> "a string";
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            case NUMBER -> node.isIntegralNumber() ? "an integer" : "a number";
            case BOOLEAN -> "a boolean";
            default -> "null";
        };
    }

    /** At most {@code charsMax} characters, control characters replaced. */
    public static String text(String text, int charsMax) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), charsMax) + 1);
        for (int i = 0; i < text.length(); i++) {
            if (i == charsMax) {
                return out.append('…').toString();
            }
            char c = text.charAt(i);
            out.append(c < ' ' || c == 127 ? ' ' : c);
        }
        return out.toString();
    }
}
