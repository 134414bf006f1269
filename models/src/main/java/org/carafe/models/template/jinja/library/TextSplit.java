package org.carafe.models.template.jinja.library;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.Characters;
import org.carafe.models.template.jinja.value.ListValue;
import org.carafe.models.template.jinja.value.Markup;
import org.carafe.models.template.jinja.value.Sequences;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.TextBuilder;
import org.carafe.models.template.jinja.value.TupleValue;
import org.carafe.models.template.jinja.value.Undefined;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** Taking strings apart and joining them. */
final class TextSplit {
    private TextSplit() {}

    static Value split(Execution execution, Text text, @Nullable Value[] arguments) {
        int max = splitsMax(arguments[1]);
        Value separator = Bound.orNull(arguments[0]);
        if (separator == null) {
            return new ListValue(splitBlanks(execution, text, max));
        }
        String sep = separator(separator);
        String chars = text.chars();
        List<Value> parts = new ArrayList<>();
        int done = 0;
        for (int at = chars.indexOf(sep); at >= 0 && parts.size() < max; at = chars.indexOf(sep, done)) {
            execution.spend(1);
            parts.add(text.slice(done, at));
            done = at + sep.length();
        }
        execution.spendChars(chars.length());
        parts.add(text.slice(done, chars.length()));
        return new ListValue(parts);
    }

    private static int splitsMax(@Nullable Value argument) {
        int max = Bound.integer(argument, -1);
        return max < 0 ? Integer.MAX_VALUE : max;
    }

    private static String separator(Value separator) {
        String sep = Bound.text(separator, "separator").chars();
        if (sep.isEmpty()) {
            throw Errors.value("empty separator");
        }
        return sep;
    }

    private static List<Value> splitBlanks(Execution execution, Text text, int max) {
        String chars = text.chars();
        execution.spendChars(chars.length());
        List<Value> parts = new ArrayList<>();
        int at = 0;
        while (true) {
            while (at < chars.length() && Characters.isSpace(chars.charAt(at))) {
                at++;
            }
            if (at == chars.length()) {
                return parts;
            }
            execution.spend(1);
            int start = at;
            if (parts.size() == max) {
                parts.add(text.slice(start, chars.length()));
                return parts;
            }
            while (at < chars.length() && !Characters.isSpace(chars.charAt(at))) {
                at++;
            }
            parts.add(text.slice(start, at));
        }
    }

    static Value splitFromRight(Execution execution, Text text, @Nullable Value[] arguments) {
        int max = splitsMax(arguments[1]);
        Value separator = Bound.orNull(arguments[0]);
        String chars = text.chars();
        execution.spendChars(chars.length());
        List<Value> parts = new ArrayList<>();
        if (separator == null) {
            splitBlanksFromRight(execution, text, max, parts);
        } else {
            String sep = separator(separator);
            int end = chars.length();
            for (int at = lastIndexBefore(chars, sep, end);
                    at >= 0 && parts.size() < max;
                    at = lastIndexBefore(chars, sep, end)) {
                execution.spend(1);
                parts.add(text.slice(at + sep.length(), end));
                end = at;
            }
            parts.add(text.slice(0, end));
        }
        Collections.reverse(parts);
        return new ListValue(parts);
    }

    private static int lastIndexBefore(String chars, String sep, int end) {
        return end < sep.length() ? -1 : chars.lastIndexOf(sep, end - sep.length());
    }

    private static void splitBlanksFromRight(Execution execution, Text text, int max, List<Value> parts) {
        String chars = text.chars();
        int at = chars.length();
        while (true) {
            while (at > 0 && Characters.isSpace(chars.charAt(at - 1))) {
                at--;
            }
            if (at == 0) {
                return;
            }
            execution.spend(1);
            int end = at;
            if (parts.size() == max) {
                parts.add(text.slice(0, end));
                return;
            }
            while (at > 0 && !Characters.isSpace(chars.charAt(at - 1))) {
                at--;
            }
            parts.add(text.slice(at, end));
        }
    }

    static ListValue lines(Execution execution, Text text, boolean keepEnds) {
        String chars = text.chars();
        execution.spendChars(chars.length());
        List<Value> lines = new ArrayList<>();
        int start = 0;
        while (start < chars.length()) {
            execution.spend(1);
            int end = start;
            while (end < chars.length() && !Characters.isLineBreak(chars.charAt(end))) {
                end++;
            }
            int next = Math.min(chars.length(), chars.startsWith("\r\n", end) ? end + 2 : end + 1);
            lines.add(text.slice(start, keepEnds ? next : end));
            start = next;
        }
        return new ListValue(lines);
    }

    static Value partition(Text text, @Nullable Value[] arguments, boolean last) {
        String sep = separator(Bound.required(arguments, 0));
        String chars = text.chars();
        int at = last ? chars.lastIndexOf(sep) : chars.indexOf(sep);
        Text empty = Text.EMPTY.asMarkup(text.isMarkup());
        if (at < 0) {
            return last ? TupleValue.of(empty, empty, text) : TupleValue.of(text, empty, empty);
        }
        int end = at + sep.length();
        return TupleValue.of(text.slice(0, at), text.slice(at, end), text.slice(end, chars.length()));
    }

    static Text join(Execution execution, Text separator, Value iterable) {
        TextBuilder out = new TextBuilder(execution);
        Iterator<Value> items = Sequences.iterateOrNull(iterable);
        if (items == null) {
            throw Errors.type("can only join an iterable");
        }
        for (int i = 0; items.hasNext(); i++) {
            execution.spend(1);
            Value item = items.next();
            if (i > 0) {
                out.append(separator);
            }
            if (separator.isMarkup()) {
                out.append(Markup.escape(item, execution));
            } else if (item instanceof Text text) {
                out.append(text);
            } else {
                throw Errors.type("sequence item " + i + ": expected str instance, " + typeOf(item) + " found");
            }
        }
        return out.toText().asMarkup(separator.isMarkup());
    }

    private static String typeOf(Value item) {
        return item instanceof Undefined ? "Undefined" : item.typeName();
    }
}
