package org.carafe.models.template.jinja.library;

import java.util.List;
import java.util.Locale;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.BoolValue;
import org.carafe.models.template.jinja.value.DictValue;
import org.carafe.models.template.jinja.value.FloatValue;
import org.carafe.models.template.jinja.value.IntValue;
import org.carafe.models.template.jinja.value.ListValue;
import org.carafe.models.template.jinja.value.Markup;
import org.carafe.models.template.jinja.value.RangeValue;
import org.carafe.models.template.jinja.value.Repr;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.TextBuilder;
import org.carafe.models.template.jinja.value.TupleValue;
import org.carafe.models.template.jinja.value.Undefined;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** Python's {@code format % arguments}. */
public final class PercentFormat {
    private static final int WIDTH_MAX = 100_000;

    private final Execution execution;
    private final Text format;
    private final Value arguments;
    private final @Nullable List<Value> positional;
    private final TextBuilder out;
    private int at;
    private int used;

    private PercentFormat(Execution execution, Text format, Value arguments) {
        this.execution = execution;
        this.format = format;
        this.arguments = arguments;
        this.positional = arguments instanceof TupleValue tuple ? tuple.items() : null;
        this.out = new TextBuilder(execution, format.chars().length() + 32);
    }

    public static Text format(Execution execution, Text format, Value arguments) {
        return new PercentFormat(execution, format, arguments).run();
    }

    private record Conversion(
            boolean left, boolean plus, boolean space, boolean alternate, boolean zero, int width, int precision) {}

    private Text run() {
        String chars = format.chars();
        while (at < chars.length()) {
            int percent = chars.indexOf('%', at);
            if (percent < 0) {
                out.append(format, at, chars.length());
                break;
            }
            out.append(format, at, percent);
            at = percent + 1;
            conversion();
        }
        boolean mapping = switch (arguments) {
            case DictValue dict -> true;
            case ListValue list -> true;
            case RangeValue range -> true;
            case Undefined undefined -> true;
            default -> false;
        };
        if (!mapping && used < (positional == null ? 1 : positional.size())) {
            throw Errors.type("not all arguments converted during string formatting");
        }
        return out.toText().asMarkup(format.isMarkup());
    }

    private char peek() {
        if (at >= format.chars().length()) {
            throw Errors.value("incomplete format");
        }
        return format.chars().charAt(at);
    }

    private void conversion() {
        Value keyed = null;
        if (peek() == '(') {
            keyed = keyedArgument();
        }
        boolean left = false;
        boolean plus = false;
        boolean space = false;
        boolean alternate = false;
        boolean zero = false;
        for (; "-+ #0".indexOf(peek()) >= 0; at++) {
            switch (peek()) {
                case '-' -> left = true;
                case '+' -> plus = true;
                case ' ' -> space = true;
                case '#' -> alternate = true;
                default -> zero = true;
            }
        }
        int width = number();
        if (width < 0) {
            left = true;
            width = -width;
        }
        int precision = -1;
        if (peek() == '.') {
            at++;
            precision = Math.max(0, number());
        }
        while ("hlL".indexOf(peek()) >= 0) {
            at++;
        }
        char type = peek();
        at++;
        if (type == '%') {
            out.append('%');
            return;
        }
        Conversion conversion = new Conversion(left, plus, space, alternate, zero, width, precision);
        convert(type, conversion, keyed);
    }

    private Value keyedArgument() {
        int depth = 1;
        int start = ++at;
        while (depth > 0) {
            char unit = peek();
            at++;
            depth += unit == '(' ? 1 : unit == ')' ? -1 : 0;
        }
        if (!(arguments instanceof DictValue dict)) {
            throw Errors.type("format requires a mapping");
        }
        Text key = format.slice(start, at - 1);
        Value value = dict.get(key);
        if (value == null) {
            throw Errors.lookup(Repr.quote(key.chars()));
        }
        return value;
    }

    /** A width or precision: digits, or a star for the next argument. */
    private int number() {
        long value = 0;
        if (peek() == '*') {
            at++;
            Value argument = next();
            if (!(argument instanceof IntValue) && !(argument instanceof BoolValue)) {
                throw Errors.type("* wants int");
            }
            value = Bound.integer(argument, 0);
        } else {
            while (peek() >= '0' && peek() <= '9' && value <= WIDTH_MAX) {
                value = value * 10 + (peek() - '0');
                at++;
            }
        }
        if (Math.abs(value) > WIDTH_MAX) {
            throw Errors.limit("format width or precision " + value + " exceeds the limit of " + WIDTH_MAX);
        }
        return (int) value;
    }

    private Value next() {
        if (positional == null) {
            if (used++ == 0) {
                return arguments;
            }
        } else if (used < positional.size()) {
            return positional.get(used++);
        }
        throw Errors.type("not enough arguments for format string");
    }

    private void convert(char type, Conversion conversion, @Nullable Value keyed) {
        if ("sradiuoxXeEfFgGc".indexOf(type) < 0) {
            throw Errors.value("unsupported format character '" + type + "' (0x" + Integer.toHexString(type)
                    + ") at index " + (format.codePointAt(at) - 1));
        }
        Value argument = keyed != null ? keyed : next();
        switch (type) {
            case 's', 'r', 'a' -> {
                Text text = type == 's' ? Repr.softStr(argument, execution) : Repr.repr(argument, execution);
                if (format.isMarkup()) {
                    text = Markup.escape(text, execution);
                }
                boolean cut = conversion.precision() >= 0 && conversion.precision() < text.codePoints();
                pad(cut ? text.slice(0, text.offset(conversion.precision())) : text, conversion);
            }
            case 'c' -> pad(character(argument), conversion);
            case 'e', 'E', 'f', 'F', 'g', 'G' -> {
                double value = real(argument);
                int precision = conversion.precision() < 0 ? 6 : conversion.precision();
                signed(
                        FormatSpec.real(value, type, precision, conversion.alternate()),
                        "",
                        conversion,
                        Double.isFinite(value));
            }
            default ->
                signed(integer(type, argument, conversion.precision()), prefix(type, conversion), conversion, true);
        }
    }

    private static double real(Value argument) {
        return switch (argument) {
            case IntValue number -> number.toDouble();
            case FloatValue number -> number.value();
            case BoolValue bool -> bool.asInt().toDouble();
            case Undefined undefined -> throw undefined.error();
            default -> throw Errors.type("must be real number, not " + argument.typeName());
        };
    }

    private Text character(Value argument) {
        if (argument instanceof Text text && text.codePoints() == 1) {
            return text;
        }
        if (argument instanceof IntValue number) {
            int codePoint = number.clamped();
            if (!Character.isValidCodePoint(codePoint)) {
                throw Errors.arithmetic("%c arg not in range(0x110000)");
            }
            return Text.of(Character.toString(codePoint));
        }
        throw Errors.type("%c requires int or char");
    }

    private static String prefix(char type, Conversion conversion) {
        if (!conversion.alternate()) {
            return "";
        }
        return switch (type) {
            case 'o' -> "0o";
            case 'x' -> "0x";
            case 'X' -> "0X";
            default -> "";
        };
    }

    private static String integer(char type, Value argument, int precision) {
        IntValue number = switch (argument) {
            case IntValue value -> value;
            case BoolValue bool -> bool.asInt();
            case FloatValue value when type == 'd' || type == 'i' || type == 'u' -> Numbers.truncate(value.value());
            default ->
                throw Errors.type("%" + type + " format: "
                        + (type == 'd' || type == 'i' || type == 'u' ? "a real number" : "an integer")
                        + " is required, not " + argument.typeName());
        };
        String digits = switch (type) {
            case 'o' -> number.big().toString(8);
            case 'x' -> number.big().toString(16);
            case 'X' -> number.big().toString(16).toUpperCase(Locale.ROOT);
            default -> number.toString();
        };
        boolean negative = digits.startsWith("-");
        String body = negative ? digits.substring(1) : digits;
        return (negative ? "-" : "") + "0".repeat(Math.max(0, precision - body.length())) + body;
    }

    private void signed(String number, String prefix, Conversion conversion, boolean zeros) {
        boolean negative = number.startsWith("-");
        String sign = negative ? "-" : conversion.plus() ? "+" : conversion.space() ? " " : "";
        String body = negative ? number.substring(1) : number;
        if (conversion.zero() && !conversion.left() && zeros) {
            body = "0".repeat(Math.max(0, conversion.width() - sign.length() - prefix.length() - body.length())) + body;
        }
        pad(Text.of(sign + prefix + body), conversion);
    }

    private void pad(Text text, Conversion conversion) {
        int padding = conversion.width() - text.codePoints();
        if (conversion.left()) {
            out.append(text).repeat(' ', padding);
        } else {
            out.repeat(' ', padding).append(text);
        }
    }
}
