package org.carafe.models.template.jinja.value;

import java.util.Arrays;
import org.carafe.models.template.jinja.Execution;

/** Builds a {@link Text} piece by piece, keeping track of which characters are untrusted and of the limit on its length. */
public final class TextBuilder {
    private final Execution execution;
    private final StringBuilder chars;
    private int[] marks = Marks.NONE;
    private int markCount;

    public TextBuilder(Execution execution) {
        this(execution, 64);
    }

    public TextBuilder(Execution execution, int capacity) {
        this.execution = execution;
        this.chars = new StringBuilder(capacity);
    }

    public int length() {
        return chars.length();
    }

    public TextBuilder append(Text text) {
        int start = chars.length();
        reserve(text.chars().length());
        chars.append(text.chars());
        int[] added = text.marks();
        for (int i = 0; i < added.length; i += 2) {
            mark(added[i] + start, added[i + 1] + start);
        }
        return this;
    }

    public TextBuilder append(Text text, int from, int to) {
        int start = chars.length();
        reserve(to - from);
        chars.append(text.chars(), from, to);
        int[] added = text.marks();
        for (int i = 0; i < added.length; i += 2) {
            mark(Math.max(added[i], from) - from + start, Math.min(added[i + 1], to) - from + start);
        }
        return this;
    }

    /** Appends trusted text. */
    public TextBuilder append(String text) {
        reserve(text.length());
        chars.append(text);
        return this;
    }

    public TextBuilder append(char unit) {
        reserve(1);
        chars.append(unit);
        return this;
    }

    /** Appends text made from the characters of {@code source}: untrusted when any of them is. */
    public TextBuilder appendDerived(String text, Text source) {
        int start = chars.length();
        append(text);
        if (!source.isTrusted()) {
            mark(start, chars.length());
        }
        return this;
    }

    public TextBuilder repeat(char unit, int count) {
        if (count > 0) {
            reserve(count);
            chars.repeat(unit, count);
        }
        return this;
    }

    public Text toText() {
        return Text.of(chars.toString(), markCount == 0 ? Marks.NONE : Arrays.copyOf(marks, markCount));
    }

    private void reserve(int more) {
        execution.spendChars((long) chars.length() + more < execution.charsMax() ? more : (long) chars.length() + more);
    }

    private void mark(int start, int end) {
        if (start >= end) {
            return;
        }
        if (markCount > 0 && marks[markCount - 1] == start) {
            marks[markCount - 1] = end;
            return;
        }
        if (markCount == marks.length) {
            marks = Arrays.copyOf(marks, Math.max(8, markCount * 2));
        }
        marks[markCount++] = start;
        marks[markCount++] = end;
    }
}
