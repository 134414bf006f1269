package org.carafe.models.template.jinja.library;

import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.BoolValue;
import org.carafe.models.template.jinja.value.FloatFormat;
import org.carafe.models.template.jinja.value.FloatValue;
import org.carafe.models.template.jinja.value.IntValue;
import org.carafe.models.template.jinja.value.Repr;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.TextBuilder;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** Python's format specification: {@code [[fill]align][sign][z][#][0][width][grouping][.precision][type]}. */
record FormatSpec(
        int fill, char align, char sign, boolean alternate, int width, char grouping, int precision, char type) {
    private static final Pattern SYNTAX = Pattern.compile(
            "(?:(?<fill>.)?(?<align>[<>=^]))?(?<sign>[-+ ])?(?<alternate>#)?(?<zero>0)?(?<width>[0-9]+)?"
                    + "(?<grouping>[,_])?(?:\\.(?<precision>[0-9]+))?(?<type>[a-zA-Z%])?",
            Pattern.DOTALL);
    private static final int WIDTH_MAX = 100_000;
    private static final char NONE = 0;

    static Text format(Execution execution, Value value, Text spec) {
        if (spec.isEmpty()) {
            return Repr.str(value, execution);
        }
        return switch (value) {
            case Text text -> parse(spec.chars(), value, '<').text(execution, text);
            case BoolValue bool -> parse(spec.chars(), value, '>').number(execution, bool.asInt());
            case IntValue number -> parse(spec.chars(), value, '>').number(execution, number);
            case FloatValue number -> parse(spec.chars(), value, '>').number(execution, number);
            default -> throw Errors.type("unsupported format string passed to " + value.typeName() + ".__format__");
        };
    }

    private static FormatSpec parse(String spec, Value value, char defaultAlign) {
        Matcher matcher = SYNTAX.matcher(spec);
        if (!matcher.matches()) {
            throw Errors.value("Invalid format specifier '" + spec + "' for object of type '" + value.typeName() + "'");
        }
        String fill = matcher.group("fill");
        String align = matcher.group("align");
        boolean zero = matcher.group("zero") != null;
        boolean numeric = !(value instanceof Text);
        int filler = fill != null ? fill.codePointAt(0) : zero ? '0' : ' ';
        char aligned = align != null ? align.charAt(0) : zero && numeric ? '=' : defaultAlign;
        return new FormatSpec(
                filler,
                aligned,
                single(matcher.group("sign")),
                matcher.group("alternate") != null,
                limited(matcher.group("width"), 0),
                single(matcher.group("grouping")),
                limited(matcher.group("precision"), -1),
                single(matcher.group("type")));
    }

    private static char single(@Nullable String group) {
        return group == null ? NONE : group.charAt(0);
    }

    private static int limited(@Nullable String digits, int absent) {
        if (digits == null) {
            return absent;
        }
        if (digits.length() > 9 || Integer.parseInt(digits) > WIDTH_MAX) {
            throw Errors.limit("format width or precision " + digits + " exceeds the limit of " + WIDTH_MAX);
        }
        return Integer.parseInt(digits);
    }

    private Text text(Execution execution, Text text) {
        if (type != NONE && type != 's') {
            throw unknownType("str");
        }
        if (sign != NONE) {
            throw Errors.value("Sign not allowed in string format specifier");
        }
        if (alternate) {
            throw Errors.value("Alternate form (#) not allowed in string format specifier");
        }
        if (align == '=') {
            throw Errors.value("'=' alignment not allowed in string format specifier");
        }
        if (grouping != NONE) {
            throw Errors.value("Cannot specify '" + grouping + "' with 's'.");
        }
        Text shown = precision >= 0 && precision < text.codePoints() ? text.slice(0, text.offset(precision)) : text;
        int padding = Math.max(0, width - shown.codePoints());
        int left = align == '>' ? padding : align == '^' ? padding / 2 : 0;
        TextBuilder out = new TextBuilder(execution);
        Text filler = Text.of(Character.toString(fill));
        for (int i = 0; i < left; i++) {
            out.append(filler);
        }
        out.append(shown);
        for (int i = left; i < padding; i++) {
            out.append(filler);
        }
        return out.toText();
    }

    private Text number(Execution execution, Value number) {
        String digits = switch (type) {
            case NONE -> number instanceof IntValue integer ? integer(integer) : plainFloat(number);
            case 'd', 'b', 'o', 'x', 'X', 'c', 'n' -> {
                if (number instanceof IntValue whole) {
                    yield type == 'c' ? Character.toString(whole.clamped()) : integer(whole);
                }
                if (type == 'n') {
                    yield real(number, 'g');
                }
                throw unknownType("float");
            }
            case 'e', 'E', 'f', 'F', 'g', 'G', '%' -> real(number, type);
            default -> throw unknownType(number.typeName());
        };
        boolean negative = digits.startsWith("-");
        String body = negative ? digits.substring(1) : digits;
        String prefix = negative ? "-" : sign == '+' ? "+" : sign == ' ' ? " " : "";
        if (alternate && number instanceof IntValue) {
            prefix += switch (type) {
                case 'b' -> "0b";
                case 'o' -> "0o";
                case 'x' -> "0x";
                case 'X' -> "0X";
                default -> "";
            };
        }
        return padNumber(execution, prefix, body);
    }

    private Text padNumber(Execution execution, String prefix, String digits) {
        String body = grouping == NONE ? digits : grouped(digits, 0);
        if (grouping != NONE && fill == '0' && align == '=') {
            body = grouped(digits, width - prefix.length());
        }
        int padding = Math.max(0, width - prefix.length() - body.codePointCount(0, body.length()));
        String filler = Character.toString(fill);
        int left = align == '>' || align == '=' ? padding : align == '^' ? padding / 2 : 0;
        execution.spendChars((long) width + prefix.length() + body.length());
        String text = align == '='
                ? prefix + filler.repeat(padding) + body
                : filler.repeat(left) + prefix + body + filler.repeat(padding - left);
        return Text.of(text);
    }

    private String grouped(String digits, int widthMin) {
        int end = 0;
        while (end < digits.length() && Character.digit(digits.charAt(end), 16) >= 0) {
            end++;
        }
        int size = type == 'b' || type == 'o' || type == 'x' || type == 'X' ? 4 : 3;
        String whole = digits.substring(0, end);
        String rest = digits.substring(end);
        String result = group(whole, size);
        while (result.length() + rest.length() < widthMin) {
            whole = "0" + whole;
            result = group(whole, size);
        }
        return result + rest;
    }

    private String group(String whole, int size) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < whole.length(); i++) {
            if (i > 0 && (whole.length() - i) % size == 0) {
                out.append(grouping);
            }
            out.append(whole.charAt(i));
        }
        return out.toString();
    }

    private String integer(IntValue number) {
        if (precision >= 0) {
            throw Errors.value("Precision not allowed in integer format specifier");
        }
        BigInteger value = number.big();
        return switch (type) {
            case 'b' -> value.toString(2);
            case 'o' -> value.toString(8);
            case 'x' -> value.toString(16);
            case 'X' -> value.toString(16).toUpperCase(Locale.ROOT);
            default -> number.toString();
        };
    }

    private String plainFloat(Value number) {
        double value = ((FloatValue) number).value();
        if (precision < 0 || !Double.isFinite(value)) {
            return FloatFormat.repr(value);
        }
        String text = FloatFormat.general(value, precision, "e", alternate);
        if (text.indexOf('.') >= 0 || text.indexOf('e') >= 0) {
            return text;
        }
        int significant = Math.max(precision, 1);
        if (text.length() - (text.startsWith("-") ? 1 : 0) < significant) {
            return text + ".0";
        }
        String scientific = FloatFormat.exponent(value, significant - 1, "e");
        return scientific.indexOf('.') < 0 ? scientific : scientific.replaceFirst("\\.?0+e", "e");
    }

    private String real(Value number, char conversion) {
        return real(Bound.number(number), conversion, precision < 0 ? 6 : precision, alternate);
    }

    /** A double by one of the conversions e, f, g (or upper case) and %. */
    static String real(double value, char conversion, int precision, boolean alternate) {
        boolean upper = Character.isUpperCase(conversion);
        if (!Double.isFinite(value)) {
            String text = FloatFormat.repr(value) + (conversion == '%' ? "%" : "");
            return upper ? text.toUpperCase(Locale.ROOT) : text;
        }
        String point = alternate && precision == 0 ? "." : "";
        return switch (conversion) {
            case 'e', 'E' -> FloatFormat.exponent(value, precision, point + (upper ? "E" : "e"));
            case 'f', 'F' -> FloatFormat.fixed(value, precision) + point;
            case '%' -> FloatFormat.fixed(value * 100, precision) + point + "%";
            default -> FloatFormat.general(value, precision, upper ? "E" : "e", alternate);
        };
    }

    private RuntimeException unknownType(String typeName) {
        return Errors.value("Unknown format code '" + type + "' for object of type '" + typeName + "'");
    }
}
