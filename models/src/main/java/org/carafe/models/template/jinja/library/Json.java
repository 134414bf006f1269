package org.carafe.models.template.jinja.library;

import java.util.ArrayList;
import java.util.List;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.BoolValue;
import org.carafe.models.template.jinja.value.DictValue;
import org.carafe.models.template.jinja.value.FloatFormat;
import org.carafe.models.template.jinja.value.FloatValue;
import org.carafe.models.template.jinja.value.IntValue;
import org.carafe.models.template.jinja.value.ListValue;
import org.carafe.models.template.jinja.value.NoneValue;
import org.carafe.models.template.jinja.value.Sequences;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.TextBuilder;
import org.carafe.models.template.jinja.value.TupleValue;
import org.carafe.models.template.jinja.value.Undefined;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/**
 * transformers' tojson filter: Python's {@code json.dumps(value, ensure_ascii, indent, separators, sort_keys)}, which unlike
 * Jinja2's own escapes no HTML and keeps the order of keys.
 */
final class Json {
    /** Depth one level of nested values takes: two stack frames. */
    private static final int LEVELS = 2;

    private final Execution execution;
    private final TextBuilder out;
    private final boolean asciiOnly;
    private final boolean sortKeys;
    private final @Nullable Text indent;
    private final Text itemSeparator;
    private final Text keySeparator;

    private Json(
            Execution execution,
            boolean asciiOnly,
            boolean sortKeys,
            @Nullable Text indent,
            Text itemSeparator,
            Text keySeparator) {
        this.execution = execution;
        this.out = new TextBuilder(execution, 256);
        this.asciiOnly = asciiOnly;
        this.sortKeys = sortKeys;
        this.indent = indent;
        this.itemSeparator = itemSeparator;
        this.keySeparator = keySeparator;
    }

    /** @param options ensure_ascii, indent, separators, sort_keys; null where left out */
    static Text dumps(Execution execution, Value value, @Nullable Value[] options) {
        Value indentOption = Bound.orNull(options[1]);
        Text indent = indentOption == null
                ? null
                : indentOption instanceof Text text
                        ? text
                        : new TextBuilder(execution)
                                .repeat(' ', Bound.integer(indentOption, 0))
                                .toText();
        Text itemSeparator = Text.of(indent == null ? ", " : ",");
        Text keySeparator = Text.of(": ");
        Value separators = Bound.orNull(options[2]);
        if (separators != null) {
            List<Value> pair = new ArrayList<>();
            Sequences.iterate(separators).forEachRemaining(pair::add);
            if (pair.size() != 2) {
                throw Errors.value("separators must be a pair");
            }
            itemSeparator = Bound.text(pair.get(0), "item separator");
            keySeparator = Bound.text(pair.get(1), "key separator");
        }
        Json json = new Json(
                execution, Bound.truth(options[0]), Bound.truth(options[3]), indent, itemSeparator, keySeparator);
        json.write(value, 0);
        return json.out.toText();
    }

    private void write(Value value, int level) {
        execution.spend(1);
        switch (value) {
            case Text text -> string(text);
            case IntValue number -> out.append(number.toString());
            case BoolValue bool -> out.append(bool == BoolValue.TRUE ? "true" : "false");
            case NoneValue none -> out.append("null");
            case FloatValue number -> out.append(real(number.value()));
            case ListValue list -> array(list.items(), level);
            case TupleValue tuple -> array(tuple.items(), level);
            case DictValue dict -> object(dict, level);
            default -> throw Errors.type("Object of type " + typeOf(value) + " is not JSON serializable");
        }
    }

    private static String typeOf(Value value) {
        return value instanceof Undefined ? "Undefined" : value.typeName();
    }

    private static String real(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        return Double.isInfinite(value) ? (value > 0 ? "Infinity" : "-Infinity") : FloatFormat.repr(value);
    }

    private void array(List<Value> items, int level) {
        if (items.isEmpty()) {
            out.append("[]");
            return;
        }
        execution.enter(LEVELS);
        out.append('[');
        for (int i = 0; i < items.size(); i++) {
            if (i > 0) {
                out.append(itemSeparator);
            }
            newline(level + 1);
            write(items.get(i), level + 1);
        }
        newline(level);
        out.append(']');
        execution.leave(LEVELS);
    }

    private void object(DictValue dict, int level) {
        if (dict.size() == 0) {
            out.append("{}");
            return;
        }
        execution.enter(LEVELS);
        List<DictValue.Entry> entries = new ArrayList<>(dict.entries());
        if (sortKeys) {
            Sorting.sort(execution, entries, DictValue.Entry::key, false);
        }
        out.append('{');
        boolean first = true;
        for (DictValue.Entry entry : entries) {
            if (!first) {
                out.append(itemSeparator);
            }
            first = false;
            newline(level + 1);
            key(entry.key());
            out.append(keySeparator);
            write(entry.value(), level + 1);
        }
        newline(level);
        out.append('}');
        execution.leave(LEVELS);
    }

    private void key(Value key) {
        switch (key) {
            case Text text -> string(text);
            case IntValue number -> out.append("\"" + number + "\"");
            case BoolValue bool -> out.append(bool == BoolValue.TRUE ? "\"true\"" : "\"false\"");
            case NoneValue none -> out.append("\"null\"");
            case FloatValue number -> out.append("\"" + real(number.value()) + "\"");
            default -> throw Errors.type("keys must be str, int, float, bool or None, not " + typeOf(key));
        }
    }

    private void newline(int level) {
        if (indent != null) {
            out.append('\n');
            for (int i = 0; i < level; i++) {
                out.append(indent);
            }
        }
    }

    private void string(Text text) {
        String chars = text.chars();
        out.append('"');
        int done = 0;
        for (int i = 0; i < chars.length(); i++) {
            char unit = chars.charAt(i);
            if (unit >= ' ' && unit != '"' && unit != '\\' && (!asciiOnly || unit < 0x7f)) {
                continue;
            }
            out.append(text, done, i).appendDerived(escape(unit), text);
            done = i + 1;
        }
        out.append(text, done, chars.length()).append('"');
    }

    private static String escape(char unit) {
        return switch (unit) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\f' -> "\\f";
            case '\b' -> "\\b";
            default -> String.format("\\u%04x", (int) unit);
        };
    }
}
