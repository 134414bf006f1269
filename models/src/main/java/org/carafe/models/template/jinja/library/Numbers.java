package org.carafe.models.template.jinja.library;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.value.Characters;
import org.carafe.models.template.jinja.value.FloatValue;
import org.carafe.models.template.jinja.value.IntValue;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** Python's {@code int()}, {@code float()} and {@code round()}. */
final class Numbers {
    private static final int DIGITS_MAX = 4300;
    private static final int DECIMALS_MAX = 400;

    private Numbers() {}

    /** {@code int(float)}. */
    static IntValue truncate(double value) {
        if (Double.isNaN(value)) {
            throw Errors.value("cannot convert float NaN to integer");
        }
        if (Double.isInfinite(value)) {
            throw Errors.arithmetic("cannot convert float infinity to integer");
        }
        return IntValue.of(new BigDecimal(value).toBigInteger());
    }

    /** {@code int(text, base)}, or null where Python raises a ValueError. */
    static @Nullable IntValue parseInt(String text, int base) {
        String digits = stripAscii(text);
        boolean negative = digits.startsWith("-");
        if (negative || digits.startsWith("+")) {
            digits = digits.substring(1);
        }
        int radix = base;
        boolean prefixed = false;
        if (digits.length() > 1 && digits.charAt(0) == '0') {
            int prefix = switch (digits.charAt(1)) {
                case 'x', 'X' -> 16;
                case 'o', 'O' -> 8;
                case 'b', 'B' -> 2;
                default -> 0;
            };
            prefixed = prefix > 0 && (base == 0 || base == prefix);
            if (prefixed) {
                radix = prefix;
                digits = digits.startsWith("_", 2) ? digits.substring(3) : digits.substring(2);
            }
        }
        if (base == 0 && !prefixed) {
            radix = 10;
            if (digits.startsWith("0") && digits.chars().anyMatch(unit -> unit != '0' && unit != '_')) {
                return null;
            }
        }
        String clean = withoutUnderscores(digits);
        if (clean == null || clean.isEmpty() || clean.length() > DIGITS_MAX || radix < 2 || radix > 36) {
            return null;
        }
        StringBuilder ascii = new StringBuilder(clean.length());
        for (int codePoint : clean.codePoints().toArray()) {
            int digit = Character.digit(codePoint, radix);
            if (digit < 0 || (codePoint >= 0x80 && !Characters.isDecimal(codePoint))) {
                return null;
            }
            ascii.append(Character.forDigit(digit, radix));
        }
        BigInteger value = new BigInteger(ascii.toString(), radix);
        return IntValue.of(negative ? value.negate() : value);
    }

    /** {@code float(text)}, or null where Python raises a ValueError. */
    static @Nullable Double parseFloat(String text) {
        String stripped = stripAscii(text);
        String unsigned = stripped.startsWith("-") || stripped.startsWith("+") ? stripped.substring(1) : stripped;
        double sign = stripped.startsWith("-") ? -1 : 1;
        switch (unsigned.toLowerCase(java.util.Locale.ROOT)) {
            case "inf", "infinity" -> {
                return sign * Double.POSITIVE_INFINITY;
            }
            case "nan" -> {
                return Double.NaN;
            }
            default -> {}
        }
        String clean = withoutUnderscores(unsigned);
        if (clean == null || clean.length() > DIGITS_MAX) {
            return null;
        }
        StringBuilder ascii = new StringBuilder(clean.length());
        for (int codePoint : clean.codePoints().toArray()) {
            ascii.appendCodePoint(
                    codePoint >= 0x80 && Characters.isDecimal(codePoint)
                            ? '0' + Character.digit(codePoint, 10)
                            : codePoint);
        }
        String number = ascii.toString();
        if (!isFloat(number)) {
            return null;
        }
        return sign * Double.parseDouble(number);
    }

    /** {@code digits[.digits][e[sign]digits]} with digits on at least one side of the point. */
    private static boolean isFloat(String number) {
        int at = digits(number, 0);
        boolean any = at > 0;
        if (at < number.length() && number.charAt(at) == '.') {
            int end = digits(number, at + 1);
            any |= end > at + 1;
            at = end;
        }
        if (any && at < number.length() && (number.charAt(at) == 'e' || number.charAt(at) == 'E')) {
            int start = at + 1;
            if (start < number.length() && (number.charAt(start) == '+' || number.charAt(start) == '-')) {
                start++;
            }
            at = digits(number, start);
            any = at > start;
        }
        return any && at == number.length();
    }

    private static int digits(String number, int from) {
        int at = from;
        while (at < number.length() && number.charAt(at) >= '0' && number.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    private static String stripAscii(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && Characters.isSpace(text.charAt(from))) {
            from++;
        }
        while (to > from && Characters.isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    /** Underscores are allowed between digits only; null where one stands elsewhere. */
    private static @Nullable String withoutUnderscores(String digits) {
        if (digits.indexOf('_') < 0) {
            return digits;
        }
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) == '_'
                    && (i == 0
                            || i == digits.length() - 1
                            || !Character.isLetterOrDigit(digits.charAt(i - 1))
                            || !Character.isLetterOrDigit(digits.charAt(i + 1)))) {
                return null;
            }
        }
        return digits.replace("_", "");
    }

    /** {@code round(number, decimals)}: halves go to the even neighbour; an int stays one. */
    static Value round(Value number, int decimals) {
        if (number instanceof IntValue integer) {
            if (decimals >= 0) {
                return integer;
            }
            return decimals < -DECIMALS_MAX
                    ? IntValue.ZERO
                    : IntValue.of(new BigDecimal(integer.big())
                            .setScale(decimals, RoundingMode.HALF_EVEN)
                            .toBigInteger());
        }
        double value = Bound.number(number);
        if (!Double.isFinite(value) || decimals > DECIMALS_MAX) {
            return new FloatValue(value);
        }
        if (decimals < -DECIMALS_MAX) {
            return new FloatValue(Math.copySign(0.0, value));
        }
        double rounded =
                new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN).doubleValue();
        return new FloatValue(Math.copySign(rounded, value));
    }
}
