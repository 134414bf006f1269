package org.carafe.models.template.jinja.library;

import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.BoolValue;
import org.carafe.models.template.jinja.value.IntValue;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.TextBuilder;
import org.carafe.models.template.jinja.value.TupleValue;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** Methods of str that look for another string in it. */
final class TextSearch {
    private TextSearch() {}

    /** Offsets, in UTF-16 units, of the part that optional start and end arguments leave; empty parts have from > to. */
    private record Window(int from, int to) {
        static Window of(Text text, @Nullable Value start, @Nullable Value end) {
            if (start == null && end == null) {
                return new Window(0, text.chars().length());
            }
            int length = text.codePoints();
            int from = adjust(Bound.integer(Bound.orNull(start), 0), length);
            int to = Math.min(adjust(Bound.integer(Bound.orNull(end), Integer.MAX_VALUE), length), length);
            return from > length || from > to ? new Window(1, 0) : new Window(text.offset(from), text.offset(to));
        }

        private static int adjust(int index, int length) {
            return index < 0 ? Math.max(0, index + length) : index;
        }
    }

    private static int locate(Execution execution, Text text, @Nullable Value[] arguments, boolean last) {
        Text sub = Bound.text(arguments[0], "argument");
        Window window = Window.of(text, arguments[1], arguments[2]);
        execution.spendChars(text.chars().length());
        if (window.from() > window.to()) {
            return -1;
        }
        int latest = window.to() - sub.chars().length();
        int at = last
                ? text.chars().lastIndexOf(sub.chars(), latest)
                : text.chars().indexOf(sub.chars(), window.from());
        return latest < 0 || at < window.from() || at > latest ? -1 : text.codePointAt(at);
    }

    static Value find(Execution execution, Text text, @Nullable Value[] arguments, boolean last) {
        return IntValue.of(locate(execution, text, arguments, last));
    }

    static Value index(Execution execution, Text text, @Nullable Value[] arguments, boolean last) {
        int at = locate(execution, text, arguments, last);
        if (at < 0) {
            throw Errors.value("substring not found");
        }
        return IntValue.of(at);
    }

    static Value count(Execution execution, Text text, @Nullable Value[] arguments) {
        String sub = Bound.text(arguments[0], "argument").chars();
        Window window = Window.of(text, arguments[1], arguments[2]);
        execution.spendChars(text.chars().length());
        if (window.from() > window.to()) {
            return IntValue.ZERO;
        }
        if (sub.isEmpty()) {
            return IntValue.of(text.chars().codePointCount(window.from(), window.to()) + 1);
        }
        int count = 0;
        for (int at = text.chars().indexOf(sub, window.from());
                at >= 0 && at + sub.length() <= window.to();
                at = text.chars().indexOf(sub, at + sub.length())) {
            count++;
        }
        return IntValue.of(count);
    }

    static Value affix(String name, Text text, @Nullable Value[] arguments, boolean start) {
        Window window = Window.of(text, arguments[1], arguments[2]);
        if (arguments[0] instanceof TupleValue tuple) {
            for (Value option : tuple.items()) {
                if (matches(
                        text, window, affixText(option, "tuple for " + name + " must only contain str, not "), start)) {
                    return BoolValue.TRUE;
                }
            }
            return BoolValue.FALSE;
        }
        Value single = Bound.required(arguments, 0);
        Text affix = affixText(single, name + " first arg must be str or a tuple of str, not ");
        return BoolValue.of(matches(text, window, affix, start));
    }

    private static Text affixText(Value value, String message) {
        if (value instanceof Text text) {
            return text;
        }
        throw Errors.type(message + value.typeName());
    }

    private static boolean matches(Text text, Window window, Text affix, boolean start) {
        int length = affix.chars().length();
        if (window.from() > window.to() || window.to() - window.from() < length) {
            return false;
        }
        return text.chars().startsWith(affix.chars(), start ? window.from() : window.to() - length);
    }

    static Text replace(Execution execution, Text text, @Nullable Value[] arguments) {
        Text old = Bound.text(arguments[0], "replace() argument 1");
        Text replacement = Bound.text(arguments[1], "replace() argument 2");
        return replace(execution, text, old, replacement, Bound.integer(arguments[2], -1));
    }

    static Text replace(Execution execution, Text text, Text old, Text replacement, int countMax) {
        String chars = text.chars();
        execution.spendChars(chars.length());
        int left = countMax < 0 ? Integer.MAX_VALUE : countMax;
        if (old.isEmpty()) {
            return interleave(execution, text, replacement, left);
        }
        int at = chars.indexOf(old.chars());
        if (at < 0 || left == 0) {
            return text;
        }
        TextBuilder out = new TextBuilder(execution, chars.length());
        int done = 0;
        for (; at >= 0 && left > 0; at = chars.indexOf(old.chars(), done)) {
            execution.spend(1);
            out.append(text, done, at).append(replacement);
            done = at + old.chars().length();
            left--;
        }
        return out.append(text, done, chars.length()).toText().asMarkup(text.isMarkup());
    }

    private static Text interleave(Execution execution, Text text, Text replacement, int countMax) {
        TextBuilder out = new TextBuilder(execution, text.chars().length());
        int left = countMax;
        int at = 0;
        while (left > 0) {
            execution.spend(1);
            out.append(replacement);
            left--;
            if (at == text.chars().length()) {
                break;
            }
            int next = text.chars().offsetByCodePoints(at, 1);
            out.append(text, at, next);
            at = next;
        }
        return out.append(text, at, text.chars().length()).toText().asMarkup(text.isMarkup());
    }

    static Text removePrefix(Text text, @Nullable Value[] arguments) {
        String prefix = Bound.text(arguments[0], "removeprefix() argument").chars();
        return text.chars().startsWith(prefix)
                ? text.slice(prefix.length(), text.chars().length())
                : text;
    }

    static Text removeSuffix(Text text, @Nullable Value[] arguments) {
        String suffix = Bound.text(arguments[0], "removesuffix() argument").chars();
        return text.chars().endsWith(suffix) ? text.slice(0, text.chars().length() - suffix.length()) : text;
    }
}
