package org.carafe.models.template.jinja.library;

import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.TextBuilder;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** Methods of str that fill it up to a width, which counts code points. */
final class TextPadding {
    private static final Text SPACE = Text.of(" ");

    private TextPadding() {}

    static Text center(Execution execution, Text text, @Nullable Value[] arguments) {
        int width = Bound.integer(arguments[0], 0);
        return center(execution, text, width, fill(arguments[1]));
    }

    static Text center(Execution execution, Text text, int width) {
        return center(execution, text, width, SPACE);
    }

    private static Text center(Execution execution, Text text, int width, Text fill) {
        int padding = width - text.codePoints();
        int left = padding / 2 + (padding & width & 1);
        return padding <= 0 ? text : pad(execution, text, left, padding - left, fill);
    }

    static Text left(Execution execution, Text text, @Nullable Value[] arguments) {
        int padding = Bound.integer(arguments[0], 0) - text.codePoints();
        return pad(execution, text, 0, padding, fill(arguments[1]));
    }

    static Text right(Execution execution, Text text, @Nullable Value[] arguments) {
        int padding = Bound.integer(arguments[0], 0) - text.codePoints();
        return pad(execution, text, padding, 0, fill(arguments[1]));
    }

    private static Text fill(@Nullable Value argument) {
        if (argument == null) {
            return SPACE;
        }
        if (argument instanceof Text text && text.codePoints() == 1) {
            return text;
        }
        throw Errors.type("The fill character must be exactly one character long");
    }

    private static Text pad(Execution execution, Text text, int left, int right, Text fill) {
        if (left <= 0 && right <= 0) {
            return text;
        }
        execution.spendChars((long) left + right + text.chars().length());
        TextBuilder out = new TextBuilder(execution);
        for (int i = 0; i < left; i++) {
            out.append(fill);
        }
        out.append(text);
        for (int i = 0; i < right; i++) {
            out.append(fill);
        }
        return out.toText();
    }

    static Text zeros(Execution execution, Text text, @Nullable Value[] arguments) {
        int padding = Bound.integer(arguments[0], 0) - text.codePoints();
        if (padding <= 0) {
            return text;
        }
        boolean signed = text.chars().startsWith("+") || text.chars().startsWith("-");
        int from = signed ? 1 : 0;
        return new TextBuilder(execution)
                .append(text, 0, from)
                .repeat('0', padding)
                .append(text, from, text.chars().length())
                .toText();
    }

    static Text expandTabs(Execution execution, Text text, @Nullable Value[] arguments) {
        int size = Bound.integer(arguments[0], 8);
        String chars = text.chars();
        TextBuilder out = new TextBuilder(execution, chars.length());
        int column = 0;
        int next;
        for (int i = 0; i < chars.length(); i = next) {
            next = chars.offsetByCodePoints(i, 1);
            char unit = chars.charAt(i);
            if (unit == '\t') {
                int spaces = size > 0 ? size - column % size : 0;
                out.repeat(' ', spaces);
                column += spaces;
            } else {
                out.append(text, i, next);
                column = unit == '\n' || unit == '\r' ? 0 : column + 1;
            }
        }
        return out.toText();
    }
}
