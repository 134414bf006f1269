package org.carafe.models.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.carafe.models.template.jinja.value.BoolValue;
import org.carafe.models.template.jinja.value.DictValue;
import org.carafe.models.template.jinja.value.FloatValue;
import org.carafe.models.template.jinja.value.IntValue;
import org.carafe.models.template.jinja.value.ListValue;
import org.carafe.models.template.jinja.value.NoneValue;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.Value;

/** JSON to values as Python's {@code json.loads} makes them; all text in it is the caller's, but for well-known roles. */
final class JsonValues {
    private static final int DEPTH_MAX = 500;

    /**
     * Roles that are trusted text: templates make special tokens of them ({@code '<|' + role + '|>'}). No other role may
     * become part of one.
     */
    private static final Map<String, Text> ROLES =
            roles("system", "developer", "user", "assistant", "tool", "function", "ipython");

    private static final Map<String, Text> KEYS = keys(
            "role",
            "content",
            "name",
            "type",
            "text",
            "function",
            "parameters",
            "description",
            "properties",
            "required",
            "tool_calls",
            "tool_call_id",
            "arguments",
            "id");

    private JsonValues() {}

    private static Map<String, Text> roles(String... names) {
        return Set.of(names).stream().collect(java.util.stream.Collectors.toMap(name -> name, Text::of));
    }

    /** Keys that are common enough to be made once. */
    private static Map<String, Text> keys(String... names) {
        return Set.of(names).stream().collect(java.util.stream.Collectors.toMap(name -> name, Text::untrusted));
    }

    static Value messages(JsonNode messages) {
        if (!messages.isArray()) {
            return of(messages, 0);
        }
        List<Value> items = new ArrayList<>(messages.size());
        for (JsonNode message : messages) {
            items.add(message.isObject() ? message(message) : of(message, 1));
        }
        return new ListValue(items);
    }

    private static Value message(JsonNode message) {
        DictValue dict = new DictValue(message.size());
        for (Map.Entry<String, JsonNode> field : message.properties()) {
            Text role =
                    field.getKey().equals("role") ? ROLES.get(field.getValue().asText()) : null;
            boolean trusted = role != null && field.getValue().isTextual();
            dict.put(key(field.getKey()), trusted ? role : of(field.getValue(), 2));
        }
        return dict;
    }

    static Value of(JsonNode node) {
        return of(node, 0);
    }

    private static Value of(JsonNode node, int depth) {
        if (depth > DEPTH_MAX) {
            throw new TemplateException(
                    TemplateException.Kind.LIMIT, "JSON nests deeper than the limit of " + DEPTH_MAX, 0, 0);
        }
        return switch (node.getNodeType()) {
            case STRING -> Text.untrusted(node.textValue());
            case BOOLEAN -> BoolValue.of(node.booleanValue());
            case NUMBER ->
                node.isIntegralNumber()
                        ? node.canConvertToLong() ? IntValue.of(node.longValue()) : IntValue.of(node.bigIntegerValue())
                        : new FloatValue(node.doubleValue());
            case NULL, MISSING -> NoneValue.NONE;
            case ARRAY -> {
                List<Value> items = new ArrayList<>(node.size());
                for (JsonNode item : node) {
                    items.add(of(item, depth + 1));
                }
                yield new ListValue(items);
            }
            case OBJECT -> {
                DictValue dict = new DictValue(node.size());
                for (Map.Entry<String, JsonNode> field : node.properties()) {
                    dict.put(key(field.getKey()), of(field.getValue(), depth + 1));
                }
                yield dict;
            }
            case BINARY, POJO -> throw new IllegalArgumentException("not JSON: " + node.getNodeType());
        };
    }

    private static Text key(String name) {
        Text known = KEYS.get(name);
        return known == null ? Text.untrusted(name) : known;
    }
}
