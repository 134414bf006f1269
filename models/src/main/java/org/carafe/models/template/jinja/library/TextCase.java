package org.carafe.models.template.jinja.library;

import java.util.Locale;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.Text;

/** Upper, lower and title case, by Unicode's full mappings as CPython applies them. */
final class TextCase {
    private static final int CAPITAL_SIGMA = 0x3a3;

    private TextCase() {}

    static Text lower(Execution execution, Text text) {
        execution.spendChars(text.chars().length());
        return text.derived(text.chars().toLowerCase(Locale.ROOT));
    }

    static Text upper(Execution execution, Text text) {
        execution.spendChars(text.chars().length());
        return text.derived(text.chars().toUpperCase(Locale.ROOT));
    }

    static Text fold(Execution execution, Text text) {
        execution.spendChars(text.chars().length());
        StringBuilder out = new StringBuilder(text.chars().length());
        text.chars().codePoints().forEach(codePoint -> {
            if (codePoint == 0x131) { // dotless i folds to itself
                out.appendCodePoint(codePoint);
            } else {
                out.append(
                        Character.toString(codePoint).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT));
            }
        });
        return text.derived(out.toString());
    }

    static Text swap(Execution execution, Text text) {
        execution.spendChars(text.chars().length());
        String chars = text.chars();
        StringBuilder out = new StringBuilder(chars.length());
        int codePoint;
        for (int i = 0; i < chars.length(); i += Character.charCount(codePoint)) {
            codePoint = chars.codePointAt(i);
            if (Character.isUpperCase(codePoint)) {
                out.append(lowerAt(execution, chars, i, codePoint));
            } else if (Character.isLowerCase(codePoint)) {
                out.append(Character.toString(codePoint).toUpperCase(Locale.ROOT));
            } else {
                out.appendCodePoint(codePoint);
            }
        }
        return text.derived(out.toString());
    }

    /** {@code str.title}: every letter that does not follow one becomes title case, all others lower case. */
    static Text title(Execution execution, Text text) {
        execution.spendChars(text.chars().length());
        String chars = text.chars();
        StringBuilder out = new StringBuilder(chars.length());
        boolean inWord = false;
        int codePoint;
        for (int i = 0; i < chars.length(); i += Character.charCount(codePoint)) {
            codePoint = chars.codePointAt(i);
            out.append(inWord ? lowerAt(execution, chars, i, codePoint) : titleOf(codePoint));
            inWord = isCased(codePoint);
        }
        return text.derived(out.toString());
    }

    static Text capitalize(Execution execution, Text text) {
        if (text.isEmpty()) {
            return text;
        }
        execution.spendChars(text.chars().length());
        String chars = text.chars();
        int first = chars.codePointAt(0);
        String rest = chars.toLowerCase(Locale.ROOT)
                .substring(Character.toString(first).toLowerCase(Locale.ROOT).length());
        return text.derived(titleOf(first) + rest);
    }

    private static String lowerAt(Execution execution, String chars, int at, int codePoint) {
        if (codePoint != CAPITAL_SIGMA) {
            return Character.toString(codePoint).toLowerCase(Locale.ROOT);
        }
        execution.spendChars(chars.length()); // whether it is a final sigma depends on what stands around it
        int lowered = chars.substring(0, at).toLowerCase(Locale.ROOT).length();
        return Character.toString(chars.toLowerCase(Locale.ROOT).charAt(lowered));
    }

    private static String titleOf(int codePoint) {
        int title = Character.toTitleCase(codePoint);
        String upper = Character.toString(codePoint).toUpperCase(Locale.ROOT);
        if (title != codePoint || upper.codePointCount(0, upper.length()) == 1) {
            return Character.toString(title);
        }
        int first = upper.codePointAt(0);
        int rest = Character.charCount(first);
        return isCased(first) ? upper.substring(0, rest) + upper.substring(rest).toLowerCase(Locale.ROOT) : upper;
    }

    private static boolean isCased(int codePoint) {
        return Character.isUpperCase(codePoint) || Character.isLowerCase(codePoint) || Character.isTitleCase(codePoint);
    }

    static boolean isLower(String chars) {
        return chars.codePoints().anyMatch(Character::isLowerCase)
                && chars.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
    }

    static boolean isUpper(String chars) {
        return chars.codePoints().anyMatch(Character::isUpperCase)
                && chars.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
    }

    static boolean isTitle(String chars) {
        boolean inWord = false;
        boolean any = false;
        for (int codePoint : chars.codePoints().toArray()) {
            boolean capital = Character.isUpperCase(codePoint) || Character.isTitleCase(codePoint);
            boolean small = Character.isLowerCase(codePoint);
            if (capital ? inWord : small && !inWord) {
                return false;
            }
            inWord = capital || small;
            any |= inWord;
        }
        return any;
    }

    static boolean isIdentifier(String chars) {
        if (chars.isEmpty()) {
            return false;
        }
        int first = chars.codePointAt(0);
        return (first == '_' || Character.isUnicodeIdentifierStart(first))
                && chars.codePoints()
                        .allMatch(c -> c == '_'
                                || (Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c)));
    }
}
