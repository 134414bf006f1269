package org.carafe.server.admin;

import java.util.Locale;
import java.util.Map;
import org.carafe.server.accounts.Limits;
import org.carafe.server.ledger.Credits;
import org.jspecify.annotations.Nullable;

/** What an act takes: each method passes a good value on and names a bad one. */
final class Check {
    private static final int NAME_CHARS_MAX = 200;
    static final int PROMPT_CHARS_MAX = 32_768;
    private static final int ROWS_MAX = 1_000;

    private static final int SHOWN_CHARS_MAX = 60;
    private static final long LIMIT_MAX = 1_000_000_000_000L;
    private static final int METADATA_MAX = 16;
    private static final int METADATA_NAME_CHARS_MAX = 64;
    private static final int METADATA_VALUE_CHARS_MAX = 512;

    private Check() {}

    /** A name: 1 to 200 visible characters, blanks only inside. */
    static String name(String what, String value) {
        return line(what, value, NAME_CHARS_MAX);
    }

    static @Nullable String nameOrNull(String what, @Nullable String value) {
        return value == null ? null : name(what, value);
    }

    /** Visible characters on one line. */
    static String line(String what, String value, int charsMax) {
        if (value.isBlank() || value.length() > charsMax || !value.equals(value.strip())) {
            throw ActException.invalid("%s must be 1 to %,d visible characters without blanks around them, not %s"
                    .formatted(what, charsMax, shown(value)));
        }
        visible(what, value, false);
        return value;
    }

    /** Text of several lines; null and nothing are the same. */
    static @Nullable String text(String what, @Nullable String value, int charsMax) {
        if (value == null || value.isEmpty()) {
            return null;
        }
        if (value.length() > charsMax) {
            throw ActException.invalid(
                    "%s must have at most %,d characters, not %,d".formatted(what, charsMax, value.length()));
        }
        visible(what, value, true);
        return value;
    }

    private static void visible(String what, String value, boolean lines) {
        int at = 0;
        while (at < value.length()) {
            int character = value.codePointAt(at);
            boolean blank = lines && (character == '\n' || character == '\t' || character == '\r');
            if (!blank && hidden(character)) {
                throw ActException.invalid(
                        String.format(Locale.ROOT, "%s must not hold the character U+%04X", what, character));
            }
            at += Character.charCount(character);
        }
    }

    /** Neither seen nor harmless: terminals, logs and people are fooled by them. Joiners are part of emoji and of some scripts. */
    private static boolean hidden(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            case Character.FORMAT -> character != 0x200C && character != 0x200D;
            default -> false;
        };
    }

    /** An amount that is not negative; null: none. */
    static @Nullable Long amount(String what, @Nullable Long micros) {
        if (micros != null && (micros < 0 || micros > Credits.CREDITS_MAX * Credits.MICROS)) {
            throw ActException.invalid("%s must be between 0 and %d credits, not %s"
                    .formatted(what, Credits.CREDITS_MAX, Credits.show(micros)));
        }
        return micros;
    }

    static Limits limits(Limits limits) {
        limit("requests per minute", limits.requestsPerMinute());
        limit("tokens per minute", limits.tokensPerMinute());
        limit("requests per day", limits.requestsPerDay());
        limit("tokens per day", limits.tokensPerDay());
        limit("concurrent requests", limits.concurrentMax());
        return limits;
    }

    private static void limit(String what, @Nullable Long value) {
        if (value != null) {
            range("a limit of " + what, value, 1, LIMIT_MAX);
        }
    }

    static long range(String what, long value, long min, long max) {
        if (value < min || value > max) {
            throw ActException.invalid(what + " must be between " + min + " and " + max + ", not " + value);
        }
        return value;
    }

    /** How many rows of a list. */
    static int rows(int limit) {
        return (int) range("the number of rows", limit, 1, ROWS_MAX);
    }

    static Map<String, String> metadata(Map<String, String> metadata) {
        if (metadata.size() > METADATA_MAX) {
            throw ActException.invalid(
                    "metadata must have at most " + METADATA_MAX + " entries, not " + metadata.size());
        }
        metadata.forEach((name, value) -> {
            line("a name in metadata", name, METADATA_NAME_CHARS_MAX);
            line("the metadata of '" + name + "'", value, METADATA_VALUE_CHARS_MAX);
        });
        return metadata;
    }

    static ActException badCursor(String cursor) {
        return ActException.invalid("a cursor is the next_cursor of a page, not " + shown(cursor));
    }

    /** A value in a message: on one line, not too long, harmless. */
    static String shown(String value) {
        String start = value.length() > SHOWN_CHARS_MAX ? value.substring(0, SHOWN_CHARS_MAX) + "…" : value;
        StringBuilder shown = new StringBuilder("'");
        start.codePoints()
                .map(character -> hidden(character) ? '\uFFFD' : character)
                .forEach(shown::appendCodePoint);
        return shown.append('\'').toString();
    }
}
