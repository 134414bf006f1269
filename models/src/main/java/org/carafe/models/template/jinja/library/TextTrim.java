package org.carafe.models.template.jinja.library;

import java.util.function.IntPredicate;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.value.Characters;
import org.carafe.models.template.jinja.value.NoneValue;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.Undefined;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** {@code strip}, {@code lstrip} and {@code rstrip}. */
public final class TextTrim {
    private TextTrim() {}

    /** Takes off characters at the chosen ends: those in {@code chars}, or blanks where it is None or null. */
    static Text strip(Text text, @Nullable Value chars, boolean left, boolean right) {
        return switch (chars) {
            case null -> strip(text, Characters::isSpace, left, right);
            case NoneValue none -> strip(text, Characters::isSpace, left, right);
            case Text set -> strip(text, codePoint -> set.chars().indexOf(codePoint) >= 0, left, right);
            case Undefined undefined -> throw undefined.error();
            default -> throw Errors.type("strip arg must be None or str");
        };
    }

    /** {@code text.strip()}. */
    public static Text strip(Text text) {
        return strip(text, Characters::isSpace, true, true);
    }

    /** {@code text.lstrip()}. */
    public static Text stripLeft(Text text) {
        return strip(text, Characters::isSpace, true, false);
    }

    /** {@code text.rstrip()}. */
    public static Text stripRight(Text text) {
        return strip(text, Characters::isSpace, false, true);
    }

    private static Text strip(Text text, IntPredicate matches, boolean left, boolean right) {
        String chars = text.chars();
        int from = 0;
        int to = chars.length();
        while (left && from < to) {
            int codePoint = chars.codePointAt(from);
            if (!matches.test(codePoint)) {
                break;
            }
            from += Character.charCount(codePoint);
        }
        while (right && to > from) {
            int codePoint = chars.codePointBefore(to);
            if (!matches.test(codePoint)) {
                break;
            }
            to -= Character.charCount(codePoint);
        }
        return text.slice(from, to);
    }
}
