package org.carafe.models.template.jinja.value;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Prints doubles as CPython does: {@code repr}, and the e, f and g conversions of its formatting languages. */
public final class FloatFormat {
    private FloatFormat() {}

    /** Python's {@code repr(float)}: the shortest digits that read back as the same double. */
    public static String repr(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        String sign = Math.copySign(1.0, value) < 0 ? "-" : "";
        if (value == 0) {
            return sign + "0.0";
        }
        BigDecimal shortest = shortest(Math.abs(value));
        String digits = shortest.unscaledValue().toString();
        int exponent = digits.length() - shortest.scale() - 1;
        if (exponent < -4 || exponent >= 16) {
            return sign + scientific(digits, exponent, "e");
        }
        String plain = shortest.toPlainString();
        return sign + (plain.indexOf('.') < 0 ? plain + ".0" : plain);
    }

    private static BigDecimal shortest(double value) {
        BigDecimal found = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        if (found.precision() == 2) { // Double.toString never goes below two digits, Python does
            for (RoundingMode mode : new RoundingMode[] {RoundingMode.HALF_EVEN, RoundingMode.UP, RoundingMode.DOWN}) {
                BigDecimal single = found.round(new MathContext(1, mode));
                if (single.doubleValue() == value) {
                    return single.stripTrailingZeros();
                }
            }
        }
        return found;
    }

    /** {@code %.{precision}f} of a finite double. */
    public static String fixed(double value, int precision) {
        String digits = new BigDecimal(Math.abs(value))
                .setScale(precision, RoundingMode.HALF_EVEN)
                .toPlainString();
        return Math.copySign(1.0, value) < 0 ? "-" + digits : digits;
    }

    /** {@code %.{precision}e} of a finite double. */
    public static String exponent(double value, int precision, String marker) {
        String sign = Math.copySign(1.0, value) < 0 ? "-" : "";
        if (value == 0) {
            return sign + scientific("0".repeat(precision + 1), 0, marker);
        }
        BigDecimal rounded =
                new BigDecimal(Math.abs(value)).round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
        String digits = rounded.unscaledValue().toString();
        int power = digits.length() - rounded.scale() - 1;
        if (digits.length() <= precision) {
            digits += "0".repeat(precision + 1 - digits.length());
        }
        return sign + scientific(digits, power, marker);
    }

    /** {@code %.{precision}g} of a finite double; {@code alternate} keeps trailing zeros. */
    public static String general(double value, int precision, String marker, boolean alternate) {
        int significant = Math.max(precision, 1);
        String sign = Math.copySign(1.0, value) < 0 ? "-" : "";
        BigDecimal rounded =
                new BigDecimal(Math.abs(value)).round(new MathContext(significant, RoundingMode.HALF_EVEN));
        int power = value == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
        if (power < -4 || power >= significant) {
            String text = exponent(Math.abs(value), significant - 1, marker);
            if (!alternate) {
                int at = text.indexOf(marker);
                text = stripZeros(text.substring(0, at)) + text.substring(at);
            }
            return sign + text;
        }
        String text = rounded.setScale(Math.max(0, significant - 1 - power), RoundingMode.HALF_EVEN)
                .toPlainString();
        return sign + (alternate ? text : stripZeros(text));
    }

    private static String stripZeros(String text) {
        if (text.indexOf('.') < 0) {
            return text;
        }
        int end = text.length();
        while (text.charAt(end - 1) == '0') {
            end--;
        }
        return text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
    }

    private static String scientific(String digits, int exponent, String marker) {
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        int size = Math.abs(exponent);
        return mantissa + marker + (exponent < 0 ? "-" : "+") + (size < 10 ? "0" : "") + size;
    }
}
