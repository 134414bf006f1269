package org.carafe.models.template.jinja.library;

import java.util.Iterator;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.Arithmetic;
import org.carafe.models.template.jinja.value.BoolValue;
import org.carafe.models.template.jinja.value.FloatFormat;
import org.carafe.models.template.jinja.value.FloatValue;
import org.carafe.models.template.jinja.value.IntValue;
import org.carafe.models.template.jinja.value.Sequences;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.Undefined;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** Filters on numbers. */
final class NumberFilters {
    private static final String[] DECIMAL_UNITS = {"kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"};
    private static final String[] BINARY_UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"};
    private static final int PRECISION_MAX = 300;

    private NumberFilters() {}

    static Value abs(Value subject) {
        return switch (subject) {
            case IntValue number -> IntValue.of(number.big().abs());
            case BoolValue bool -> bool.asInt();
            case FloatValue number -> new FloatValue(Math.abs(number.value()));
            case Undefined undefined -> throw Errors.type("bad operand type for abs(): 'Undefined'");
            default -> throw Errors.type("bad operand type for abs(): '" + subject.typeName() + "'");
        };
    }

    /** {@code int(value)}, and where that fails {@code int(float(value))}, and where that fails the default. */
    static Value toInt(Value subject, @Nullable Value[] arguments) {
        Value absent = Bound.or(arguments[0], IntValue.ZERO);
        return switch (subject) {
            case IntValue number -> number;
            case BoolValue bool -> bool.asInt();
            case FloatValue number -> Double.isNaN(number.value()) ? absent : Numbers.truncate(number.value());
            case Text text -> {
                IntValue parsed = Numbers.parseInt(text.chars(), Bound.integer(arguments[1], 10));
                if (parsed != null) {
                    yield parsed;
                }
                Double real = Numbers.parseFloat(text.chars());
                yield real == null || !Double.isFinite(real) ? absent : Numbers.truncate(real);
            }
            case Undefined undefined -> throw undefined.error();
            default -> absent;
        };
    }

    static Value toFloat(Value subject, @Nullable Value[] arguments) {
        Value absent = Bound.or(arguments[0], new FloatValue(0));
        return switch (subject) {
            case IntValue number -> new FloatValue(number.toDouble());
            case BoolValue bool -> new FloatValue(bool.asInt().toDouble());
            case FloatValue number -> number;
            case Text text -> {
                Double parsed = Numbers.parseFloat(text.chars());
                yield parsed == null ? absent : new FloatValue(parsed);
            }
            case Undefined undefined -> throw undefined.error();
            default -> absent;
        };
    }

    static Value round(Execution execution, Value subject, @Nullable Value[] arguments) {
        int precision = Bound.integer(arguments[0], 0);
        String method = arguments[1] == null
                ? "common"
                : Bound.text(arguments[1], "method").chars();
        Value number = subject instanceof BoolValue bool ? bool.asInt() : subject;
        switch (method) {
            case "common" -> {
                return Numbers.round(refuseOthers(number), precision);
            }
            case "ceil", "floor" -> {
                if (Math.abs(precision) > PRECISION_MAX) {
                    throw Errors.limit("precision " + precision + " exceeds the limit of " + PRECISION_MAX);
                }
                Value scale = Arithmetic.power(IntValue.of(10), IntValue.of(precision), execution);
                double scaled = Bound.number(Arithmetic.multiply(number, scale, execution));
                IntValue whole = Numbers.truncate(method.equals("ceil") ? Math.ceil(scaled) : Math.floor(scaled));
                return Arithmetic.divide(whole, scale);
            }
            default -> throw Errors.runtime("method must be common, ceil or floor");
        }
    }

    private static Value refuseOthers(Value number) {
        if (number instanceof IntValue || number instanceof FloatValue) {
            return number;
        }
        throw Errors.type("type " + number.typeName() + " doesn't define __round__ method");
    }

    static Value fileSize(Value subject, boolean binary) {
        Double bytes =
                subject instanceof Text text ? Numbers.parseFloat(text.chars()) : Double.valueOf(Bound.number(subject));
        if (bytes == null) {
            throw Errors.value("could not convert string to float: '" + subject + "'");
        }
        double base = binary ? 1024 : 1000;
        if (bytes == 1) {
            return Text.of("1 Byte");
        }
        if (bytes < base) {
            return Text.of(Numbers.truncate(bytes) + " Bytes");
        }
        String[] units = binary ? BINARY_UNITS : DECIMAL_UNITS;
        double unit = base * base;
        int at = 0;
        while (at < units.length - 1 && bytes >= unit) {
            unit *= base;
            at++;
        }
        double shown = base * bytes / unit;
        return Text.of(
                (Double.isFinite(shown) ? FloatFormat.fixed(shown, 1) : FloatFormat.repr(shown)) + " " + units[at]);
    }

    static Value sum(Execution execution, Value subject, @Nullable Value[] arguments) {
        Value total = Bound.or(arguments[1], IntValue.ZERO);
        AttributePath path = AttributePath.of(arguments[0]);
        Iterator<Value> items = Sequences.iterate(subject);
        if (total instanceof Text) {
            throw Errors.type("sum() can't sum strings [use ''.join(seq) instead]");
        }
        while (items.hasNext()) {
            execution.spend(1);
            total = Arithmetic.add(total, path.get(items.next()), execution);
        }
        return total;
    }
}
