package org.carafe.models.template.jinja.value;

import org.carafe.models.template.jinja.Execution;
import org.jspecify.annotations.Nullable;

/**
 * A str. Python indexes it by code points; offsets in this class are UTF-16 units unless they say code point.
 *
 * <p>It carries the ranges of characters that came from the caller ("untrusted"), which no comparison sees, and
 * whether it is markupsafe's {@code Markup}, which escapes what is added to it.
 */
public final class Text implements Value {
    public static final Text EMPTY = of("");

    private final String chars;
    private final int[] marks;
    private final boolean markup;
    private int codePoints = -1;

    private Text(String chars, int[] marks, boolean markup) {
        this.chars = chars;
        this.marks = marks;
        this.markup = markup;
    }

    /** Text of the template or the model: all of it is trusted. */
    public static Text of(String chars) {
        return new Text(chars, Marks.NONE, false);
    }

    /** Text of the caller. */
    public static Text untrusted(String chars) {
        return new Text(chars, Marks.all(chars.length()), false);
    }

    static Text of(String chars, int[] marks) {
        return new Text(chars, marks, false);
    }

    public String chars() {
        return chars;
    }

    int[] marks() {
        return marks;
    }

    /** The untrusted ranges as {@code start, end, start, end, ...} in UTF-16 units; ascending, disjoint, not touching. */
    public int[] untrustedRanges() {
        return marks.clone();
    }

    public boolean isTrusted() {
        return marks.length == 0;
    }

    public boolean isMarkup() {
        return markup;
    }

    public boolean isEmpty() {
        return chars.isEmpty();
    }

    /** Python's {@code len()}. */
    public int codePoints() {
        if (codePoints < 0) {
            codePoints = chars.codePointCount(0, chars.length());
        }
        return codePoints;
    }

    /** The UTF-16 offset of a code point index within {@code 0..codePoints()}. */
    public int offset(int codePoint) {
        return codePoints() == chars.length() ? codePoint : chars.offsetByCodePoints(0, codePoint);
    }

    /** The code point index of a UTF-16 offset. */
    public int codePointAt(int offset) {
        return codePoints() == chars.length() ? offset : chars.codePointCount(0, offset);
    }

    public Text slice(int from, int to) {
        if (from == 0 && to == chars.length()) {
            return this;
        }
        return new Text(chars.substring(from, to), Marks.slice(marks, from, to), markup);
    }

    /** This text as a Markup, or as a plain str. */
    public Text asMarkup(boolean wanted) {
        return markup == wanted ? this : new Text(chars, marks, wanted);
    }

    /** Other characters made from this text: all of them are untrusted when any of these is. Keeps the markup flag. */
    public Text derived(String newChars) {
        int[] newMarks = marks.length == 0 ? Marks.NONE : Marks.all(newChars.length());
        return new Text(newChars, newMarks, markup);
    }

    /** {@code this + other} of plain strings. */
    public Text concat(Text other, Execution execution) {
        int length = chars.length();
        execution.spendChars((long) length + other.chars.length());
        return new Text(chars.concat(other.chars), Marks.concat(marks, other.marks, length), markup);
    }

    @Override
    public String typeName() {
        return markup ? "Markup" : "str";
    }

    @Override
    public boolean truth() {
        return !chars.isEmpty();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Text that && chars.equals(that.chars);
    }

    @Override
    public int hashCode() {
        return chars.hashCode();
    }

    @Override
    public String toString() {
        return chars;
    }
}
