package org.carafe.models.template.jinja.library;

import java.util.List;
import java.util.Map;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.DictValue;
import org.carafe.models.template.jinja.value.IntValue;
import org.carafe.models.template.jinja.value.Markup;
import org.carafe.models.template.jinja.value.Repr;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.TextBuilder;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** Python's {@code str.format}, with the sandbox's rules for attributes. */
final class FormatString {
    private static final int NESTING_MAX = 2;

    private final Execution execution;
    private final List<Value> positional;
    private final Lookup keywords;
    private final boolean markup;
    private int automatic;
    private boolean manual;

    /** Finds a keyword argument; null where there is none. */
    private interface Lookup {
        @Nullable
        Value find(Text name);
    }

    private FormatString(Execution execution, List<Value> positional, Lookup keywords, boolean markup) {
        this.execution = execution;
        this.positional = positional;
        this.keywords = keywords;
        this.markup = markup;
    }

    static Text format(Execution execution, Text format, List<Value> positional, Map<String, Value> keywords) {
        Lookup lookup = name -> keywords.get(name.chars());
        return new FormatString(execution, positional, lookup, format.isMarkup()).run(format);
    }

    static Text formatMap(Execution execution, Text format, Value mapping) {
        if (!(mapping instanceof DictValue dict)) {
            throw Errors.type("'" + mapping.typeName() + "' object is not subscriptable");
        }
        return new FormatString(execution, List.of(), dict::get, format.isMarkup()).run(format);
    }

    private Text run(Text format) {
        return expand(format, NESTING_MAX).asMarkup(markup);
    }

    private Text expand(Text format, int nesting) {
        if (nesting == 0) {
            throw Errors.value("Max string recursion exceeded");
        }
        String chars = format.chars();
        TextBuilder out = new TextBuilder(execution, chars.length() + 32);
        int at = 0;
        while (at < chars.length()) {
            char unit = chars.charAt(at);
            if (unit != '{' && unit != '}') {
                int next = at + 1;
                while (next < chars.length() && chars.charAt(next) != '{' && chars.charAt(next) != '}') {
                    next++;
                }
                out.append(format, at, next);
                at = next;
            } else if (at + 1 < chars.length() && chars.charAt(at + 1) == unit) {
                out.append(format, at, at + 1);
                at += 2;
            } else if (unit == '}') {
                throw Errors.value("Single '}' encountered in format string");
            } else {
                int end = fieldEnd(chars, at + 1);
                out.append(field(format.slice(at + 1, end), nesting));
                at = end + 1;
            }
        }
        return out.toText();
    }

    private static int fieldEnd(String chars, int from) {
        if (from == chars.length()) {
            throw Errors.value("Single '{' encountered in format string");
        }
        int depth = 1;
        boolean subscript = false;
        for (int i = from; i < chars.length(); i++) {
            switch (chars.charAt(i)) {
                case '[' -> subscript = true;
                case ']' -> subscript = false;
                case '{' -> depth += subscript ? 0 : 1;
                case '}' -> {
                    depth -= subscript ? 0 : 1;
                    if (depth == 0) {
                        return i;
                    }
                }
                default -> {}
            }
        }
        throw Errors.value("expected '}' before end of string");
    }

    private Text field(Text field, int nesting) {
        String chars = field.chars();
        int nameEnd = 0;
        boolean subscript = false;
        while (nameEnd < chars.length()) {
            char unit = chars.charAt(nameEnd);
            subscript = unit == '[' || (subscript && unit != ']');
            if (!subscript && (unit == '!' || unit == ':')) {
                break;
            }
            nameEnd++;
        }
        int at = nameEnd;
        char conversion = 0;
        if (at < chars.length() && chars.charAt(at) == '!') {
            if (at + 1 >= chars.length()) {
                throw Errors.value("unmatched '{' in format spec");
            }
            conversion = chars.charAt(at + 1);
            at += 2;
            if (at < chars.length() && chars.charAt(at) != ':') {
                throw Errors.value("expected ':' after conversion specifier");
            }
        }
        Value value = convert(value(field.slice(0, nameEnd)), conversion);
        Text spec = at < chars.length() ? expand(field.slice(at + 1, chars.length()), nesting - 1) : Text.EMPTY;
        if (markup && value instanceof Text text && !text.isMarkup()) {
            return Markup.escape(FormatSpec.format(execution, text, spec), execution);
        }
        return FormatSpec.format(execution, value, spec);
    }

    private Value convert(Value value, char conversion) {
        return switch (conversion) {
            case 0 -> value;
            case 's' -> Repr.str(value, execution);
            case 'r', 'a' -> Repr.repr(value, execution);
            default -> throw Errors.value("Unknown conversion specifier '" + conversion + "'");
        };
    }

    private Value value(Text name) {
        String chars = name.chars();
        int end = 0;
        while (end < chars.length() && chars.charAt(end) != '.' && chars.charAt(end) != '[') {
            end++;
        }
        Value value = first(name.slice(0, end));
        while (end < chars.length()) {
            int start = end + 1;
            if (chars.charAt(end) == '.') {
                end = start;
                while (end < chars.length() && chars.charAt(end) != '.' && chars.charAt(end) != '[') {
                    end++;
                }
                value = Attributes.getAttribute(value, name.slice(start, end), nonEmpty(chars.substring(start, end)));
            } else {
                end = chars.indexOf(']', start);
                if (end < 0) {
                    throw Errors.value("Missing ']' in format string");
                }
                String key = nonEmpty(chars.substring(start, end));
                value = Attributes.getItem(value, isIndex(key) ? index(key) : name.slice(start, end));
                end++;
                if (end < chars.length() && chars.charAt(end) != '.' && chars.charAt(end) != '[') {
                    throw Errors.value("Only '.' or '[' may follow ']' in format field specifier");
                }
            }
        }
        return value;
    }

    private static String nonEmpty(String name) {
        if (name.isEmpty()) {
            throw Errors.value("Empty attribute in format string");
        }
        return name;
    }

    private Value first(Text name) {
        String chars = name.chars();
        if (!chars.isEmpty() && !isIndex(chars)) {
            Value value = keywords.find(name);
            if (value == null) {
                throw Errors.lookup(org.carafe.models.template.jinja.value.Repr.quote(chars));
            }
            return value;
        }
        if (chars.isEmpty() ? manual : automatic > 0) {
            throw Errors.value(
                    manual
                            ? "cannot switch from manual field specification to automatic field numbering"
                            : "cannot switch from automatic field numbering to manual field specification");
        }
        manual = !chars.isEmpty();
        int index = manual ? index(chars).clamped() : automatic++;
        if (index >= positional.size()) {
            throw Errors.lookup("Replacement index " + index + " out of range for positional args tuple");
        }
        return positional.get(index);
    }

    private static boolean isIndex(String key) {
        return !key.isEmpty() && key.chars().allMatch(unit -> unit >= '0' && unit <= '9');
    }

    private static IntValue index(String digits) {
        if (digits.length() > 9) {
            throw Errors.value("Too many decimal digits in format string");
        }
        return IntValue.of(Integer.parseInt(digits));
    }
}
