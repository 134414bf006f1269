package org.carafe.models.template.jinja.library;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;
import org.carafe.models.template.jinja.Errors;
import org.jspecify.annotations.Nullable;

/**
 * {@code datetime.now().strftime(format)} as glibc formats it in the C locale; for a time without a zone, so {@code %z} and
 * {@code %Z} are empty. Fields take glibc's flags ({@code - _ 0 ^ #}) and width.
 */
final class Strftime {
    private static final int WIDTH_MAX = 1024;

    private Strftime() {}

    static String format(Instant now, String format) {
        ZonedDateTime time = now.atZone(ZoneOffset.UTC);
        StringBuilder out = new StringBuilder(format.length() + 32);
        int at = 0;
        while (at < format.length()) {
            int start = at;
            char unit = format.charAt(at++);
            if (unit != '%') {
                out.append(unit);
                continue;
            }
            char flag = 0;
            boolean upper = false;
            for (; at < format.length() && "-_0^#".indexOf(format.charAt(at)) >= 0; at++) {
                if (format.charAt(at) == '^') {
                    upper = true;
                } else {
                    flag = format.charAt(at);
                }
            }
            int width = 0;
            for (; at < format.length() && Character.isDigit(format.charAt(at)); at++) {
                width = Math.min(WIDTH_MAX + 1, width * 10 + Character.digit(format.charAt(at), 10));
            }
            if (width > WIDTH_MAX) {
                throw Errors.limit("strftime width exceeds the limit of " + WIDTH_MAX);
            }
            while (at < format.length() && (format.charAt(at) == 'E' || format.charAt(at) == 'O')) {
                at++;
            }
            String field = at < format.length() ? field(time, format.charAt(at), flag, width) : null;
            if (field == null) {
                out.append(format, start, Math.min(at + 1, format.length()));
            } else {
                out.append(
                        upper
                                ? field.toUpperCase(Locale.ROOT)
                                : flag == '#' ? swapped(format.charAt(at), field) : field);
            }
            at++;
        }
        return out.toString();
    }

    private static String swapped(char conversion, String field) {
        return conversion == 'p' ? field.toLowerCase(Locale.ROOT) : field.toUpperCase(Locale.ROOT);
    }

    private static @Nullable String field(ZonedDateTime time, char conversion, char flag, int width) {
        return switch (conversion) {
            case 'a' -> padded(time.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH), flag, width);
            case 'A' -> padded(time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH), flag, width);
            case 'b', 'h' -> padded(time.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH), flag, width);
            case 'B' -> padded(time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH), flag, width);
            case 'p' -> padded(time.getHour() < 12 ? "AM" : "PM", flag, width);
            case 'P' -> padded(time.getHour() < 12 ? "am" : "pm", flag, width);
            case 'c' -> padded(format(time.toInstant(), "%a %b %e %H:%M:%S %Y"), flag, width);
            case 'x', 'D' -> padded(format(time.toInstant(), "%m/%d/%y"), flag, width);
            case 'X', 'T' -> padded(format(time.toInstant(), "%H:%M:%S"), flag, width);
            case 'r' -> padded(format(time.toInstant(), "%I:%M:%S %p"), flag, width);
            case 'R' -> padded(format(time.toInstant(), "%H:%M"), flag, width);
            case 'F' -> padded(format(time.toInstant(), "%Y-%m-%d"), flag, width);
            case 'n' -> "\n";
            case 't' -> "\t";
            case '%' -> "%";
            case 'z', 'Z' -> padded("", flag, width);
            case 'f' -> String.format("%06d", time.getNano() / 1000);
            default -> number(time, conversion, flag, width);
        };
    }

    private static @Nullable String number(ZonedDateTime time, char conversion, char flag, int width) {
        int hour12 = time.getHour() % 12 == 0 ? 12 : time.getHour() % 12;
        int sunday = time.getDayOfWeek().getValue() % 7;
        int yearDay = time.getDayOfYear() - 1;
        int weekYear = time.get(IsoFields.WEEK_BASED_YEAR);
        return switch (conversion) {
            case 'd' -> digits(time.getDayOfMonth(), 2, '0', flag, width);
            case 'e' -> digits(time.getDayOfMonth(), 2, ' ', flag, width);
            case 'm' -> digits(time.getMonthValue(), 2, '0', flag, width);
            case 'y' -> digits(Math.floorMod(time.getYear(), 100), 2, '0', flag, width);
            case 'Y' -> digits(time.getYear(), 1, '0', flag, width);
            case 'C' -> digits(Math.floorDiv(time.getYear(), 100), 2, '0', flag, width);
            case 'H' -> digits(time.getHour(), 2, '0', flag, width);
            case 'k' -> digits(time.getHour(), 2, ' ', flag, width);
            case 'I' -> digits(hour12, 2, '0', flag, width);
            case 'l' -> digits(hour12, 2, ' ', flag, width);
            case 'M' -> digits(time.getMinute(), 2, '0', flag, width);
            case 'S' -> digits(time.getSecond(), 2, '0', flag, width);
            case 'j' -> digits(time.getDayOfYear(), 3, '0', flag, width);
            case 'u' -> digits(time.getDayOfWeek().getValue(), 1, '0', flag, width);
            case 'w' -> digits(sunday, 1, '0', flag, width);
            case 'U' -> digits((yearDay + 7 - sunday) / 7, 2, '0', flag, width);
            case 'W' -> digits((yearDay + 7 - (sunday + 6) % 7) / 7, 2, '0', flag, width);
            case 'V' -> digits(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2, '0', flag, width);
            case 'G' -> digits(weekYear, 1, '0', flag, width);
            case 'g' -> digits(Math.floorMod(weekYear, 100), 2, '0', flag, width);
            case 's' -> digits(time.getLong(ChronoField.INSTANT_SECONDS), 1, '0', flag, width);
            default -> null;
        };
    }

    private static String digits(long value, int size, char padding, char flag, int width) {
        String digits = Long.toString(value);
        if (flag == '-') {
            return digits;
        }
        char fill = flag == '_' ? ' ' : flag == '0' ? '0' : padding;
        return Character.toString(fill).repeat(Math.max(0, Math.max(size, width) - digits.length())) + digits;
    }

    private static String padded(String text, char flag, int width) {
        return (flag == '0' ? "0" : " ").repeat(Math.max(0, width - text.length())) + text;
    }
}
