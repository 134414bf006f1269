package org.carafe.models.template.jinja.value;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BinaryOperator;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.jspecify.annotations.Nullable;

/** Python's arithmetic on numbers; and {@code +} and {@code *} on strings, lists and tuples. */
public final class Arithmetic {
    private static final int ITEMS_MAX = 1 << 20;

    private Arithmetic() {}

    public static Value add(Value left, Value right, Execution execution) {
        if (left instanceof Text a && right instanceof Text b) {
            return Markup.add(a, b, execution);
        }
        if (left instanceof IntValue a && right instanceof IntValue b && a.isSmall() && b.isSmall()) {
            long sum = a.small() + b.small();
            if (((a.small() ^ sum) & (b.small() ^ sum)) >= 0) {
                return IntValue.of(sum);
            }
        }
        if (Comparison.isNumber(left) && Comparison.isNumber(right)) {
            return numbers(left, right, BigInteger::add, Double::sum);
        }
        if (left instanceof ListValue a && right instanceof ListValue b) {
            return new ListValue(joined(a.items(), b.items(), execution));
        }
        if (left instanceof TupleValue a && right instanceof TupleValue b) {
            return TupleValue.of(joined(a.items(), b.items(), execution));
        }
        Undefined.refuse(left);
        Undefined.refuse(right);
        if (left instanceof Text || left instanceof ListValue || left instanceof TupleValue) {
            throw Errors.type("can only concatenate " + left.typeName() + " (not \"" + right.typeName() + "\") to "
                    + left.typeName());
        }
        throw unsupported("+", left, right);
    }

    private static List<Value> joined(List<Value> left, List<Value> right, Execution execution) {
        checkItems((long) left.size() + right.size(), execution);
        List<Value> items = new ArrayList<>(left.size() + right.size());
        items.addAll(left);
        items.addAll(right);
        return items;
    }

    private static void checkItems(long count, Execution execution) {
        if (count > ITEMS_MAX) {
            throw Errors.limit("list of " + count + " items exceeds the limit of " + ITEMS_MAX);
        }
        execution.spend(count);
    }

    public static Value subtract(Value left, Value right) {
        if (Comparison.isNumber(left) && Comparison.isNumber(right)) {
            return numbers(left, right, BigInteger::subtract, (a, b) -> a - b);
        }
        throw refused("-", left, right);
    }

    public static Value multiply(Value left, Value right, Execution execution) {
        if (Comparison.isNumber(left) && Comparison.isNumber(right)) {
            return numbers(left, right, BigInteger::multiply, (a, b) -> a * b);
        }
        Value repeated = repeat(left, right, execution);
        if (repeated == null) {
            repeated = repeat(right, left, execution);
        }
        if (repeated != null) {
            return repeated;
        }
        Undefined.refuse(left);
        Undefined.refuse(right);
        if (isSequence(left) || isSequence(right)) {
            throw Errors.type("can't multiply sequence by non-int of type '"
                    + (isSequence(left) ? right : left).typeName() + "'");
        }
        throw unsupported("*", left, right);
    }

    private static boolean isSequence(Value value) {
        return value instanceof Text || value instanceof ListValue || value instanceof TupleValue;
    }

    private static @Nullable Value repeat(Value sequence, Value count, Execution execution) {
        if (!(Comparison.number(count) instanceof IntValue number)) {
            return null;
        }
        if (!number.isSmall() && isSequence(sequence)) {
            throw Errors.arithmetic("cannot fit 'int' into an index-sized integer");
        }
        int times = Math.max(0, number.clamped());
        return switch (sequence) {
            case Text text -> {
                execution.spendChars((long) text.chars().length() * times);
                TextBuilder out = new TextBuilder(execution, text.chars().length() * times);
                for (int i = 0; i < times && !text.isEmpty(); i++) {
                    out.append(text);
                }
                yield out.toText().asMarkup(text.isMarkup());
            }
            case ListValue list -> new ListValue(repeated(list.items(), times, execution));
            case TupleValue tuple -> TupleValue.of(repeated(tuple.items(), times, execution));
            default -> null;
        };
    }

    private static List<Value> repeated(List<Value> items, int times, Execution execution) {
        checkItems((long) items.size() * times, execution);
        List<Value> result = new ArrayList<>(items.size() * times);
        for (int i = 0; i < times && !items.isEmpty(); i++) {
            result.addAll(items);
        }
        return Collections.unmodifiableList(result);
    }

    public static Value divide(Value left, Value right) {
        if (!Comparison.isNumber(left) || !Comparison.isNumber(right)) {
            throw refused("/", left, right);
        }
        Value a = Comparison.number(left);
        Value b = Comparison.number(right);
        if (!b.truth()) {
            throw Errors.arithmetic(
                    a instanceof FloatValue || b instanceof FloatValue ? "float division by zero" : "division by zero");
        }
        if (a instanceof IntValue x && b instanceof IntValue y && !(isExact(x) && isExact(y))) {
            double quotient = new java.math.BigDecimal(x.big())
                    .divide(new java.math.BigDecimal(y.big()), new java.math.MathContext(60))
                    .doubleValue();
            if (Double.isInfinite(quotient)) {
                throw Errors.arithmetic("integer division result too large for a float");
            }
            return new FloatValue(quotient);
        }
        return new FloatValue(toDouble(a) / toDouble(b));
    }

    private static boolean isExact(IntValue value) {
        return value.isSmall() && Math.abs(value.small()) <= 1L << 53;
    }

    public static Value floorDivide(Value left, Value right) {
        if (!Comparison.isNumber(left) || !Comparison.isNumber(right)) {
            throw refused("//", left, right);
        }
        Value a = Comparison.number(left);
        Value b = Comparison.number(right);
        if (a instanceof IntValue x && b instanceof IntValue y) {
            if (y.signum() == 0) {
                throw Errors.arithmetic("integer division or modulo by zero");
            }
            if (x.isSmall() && y.isSmall() && y.small() != -1) {
                return IntValue.of(Math.floorDiv(x.small(), y.small()));
            }
            BigInteger[] parts = x.big().divideAndRemainder(y.big());
            boolean adjust = parts[1].signum() != 0 && parts[1].signum() != y.signum();
            return IntValue.of(adjust ? parts[0].subtract(BigInteger.ONE) : parts[0]);
        }
        double x = toDouble(a);
        double y = toDouble(b);
        if (y == 0) {
            throw Errors.arithmetic("float floor division by zero");
        }
        double remainder = x % y;
        double quotient = (x - remainder) / y;
        if (remainder != 0 && (y < 0) != (remainder < 0)) {
            quotient -= 1;
        }
        if (quotient == 0) {
            return new FloatValue(Math.copySign(0.0, x / y));
        }
        double floor = Math.floor(quotient);
        return new FloatValue(quotient - floor > 0.5 ? floor + 1 : floor);
    }

    /** {@code %} of numbers; of strings it is formatting, which is not done here. */
    public static Value modulo(Value left, Value right) {
        if (!Comparison.isNumber(left) || !Comparison.isNumber(right)) {
            throw refused("%", left, right);
        }
        Value a = Comparison.number(left);
        Value b = Comparison.number(right);
        if (a instanceof IntValue x && b instanceof IntValue y) {
            if (y.signum() == 0) {
                throw Errors.arithmetic("integer division or modulo by zero");
            }
            if (x.isSmall() && y.isSmall()) {
                return IntValue.of(Math.floorMod(x.small(), y.small()));
            }
            BigInteger remainder = x.big().mod(y.big().abs());
            return IntValue.of(y.signum() < 0 && remainder.signum() != 0 ? remainder.add(y.big()) : remainder);
        }
        double y = toDouble(b);
        if (y == 0) {
            throw Errors.arithmetic("float modulo");
        }
        return new FloatValue(floatModulo(toDouble(a), y));
    }

    private static double floatModulo(double x, double y) {
        double remainder = x % y;
        if (remainder == 0) {
            return Math.copySign(0.0, y);
        }
        return (y < 0) != (remainder < 0) ? remainder + y : remainder;
    }

    public static Value power(Value left, Value right, Execution execution) {
        if (!Comparison.isNumber(left) || !Comparison.isNumber(right)) {
            throw refused("** or pow()", left, right);
        }
        Value a = Comparison.number(left);
        Value b = Comparison.number(right);
        if (a instanceof IntValue base && b instanceof IntValue exponent && exponent.signum() >= 0) {
            return integerPower(base, exponent, execution);
        }
        double x = toDouble(a);
        double y = toDouble(b);
        if (x == 0 && y < 0) {
            throw Errors.arithmetic("0.0 cannot be raised to a negative power");
        }
        if (x == 1 || y == 0) {
            return new FloatValue(1.0);
        }
        if (x == -1 && Double.isInfinite(y)) {
            return new FloatValue(1.0);
        }
        if (x < 0 && Double.isFinite(x) && Double.isFinite(y) && y != Math.rint(y)) {
            throw Errors.unsupported("complex numbers are not supported");
        }
        double result = Math.pow(x, y);
        if (Double.isInfinite(result) && Double.isFinite(x) && Double.isFinite(y)) {
            throw Errors.arithmetic("(34, 'Numerical result out of range')");
        }
        return new FloatValue(result);
    }

    private static Value integerPower(IntValue base, IntValue exponent, Execution execution) {
        if (base.big().abs().compareTo(BigInteger.ONE) <= 0) {
            boolean negative = base.signum() < 0 && exponent.big().testBit(0);
            return exponent.signum() == 0
                    ? IntValue.ONE
                    : negative ? base : IntValue.of(base.big().abs());
        }
        long bits = (long) (base.big().bitLength() - 1) * exponent.clamped();
        if (bits > IntValue.BITS_MAX) {
            throw Errors.limit("integer of " + bits + " bits exceeds the limit of " + IntValue.BITS_MAX);
        }
        execution.spend(bits / 8);
        return IntValue.of(base.big().pow(exponent.clamped()));
    }

    public static Value negate(Value operand) {
        return switch (Comparison.number(operand)) {
            case IntValue number -> IntValue.of(number.big().negate());
            case FloatValue number -> new FloatValue(-number.value());
            default -> throw refusedUnary("-", operand);
        };
    }

    public static Value plus(Value operand) {
        Value number = Comparison.number(operand);
        if (number instanceof IntValue || number instanceof FloatValue) {
            return number;
        }
        throw refusedUnary("+", operand);
    }

    private static Value numbers(
            Value left,
            Value right,
            BinaryOperator<BigInteger> integers,
            java.util.function.DoubleBinaryOperator floats) {
        Value a = Comparison.number(left);
        Value b = Comparison.number(right);
        return a instanceof IntValue x && b instanceof IntValue y
                ? IntValue.of(integers.apply(x.big(), y.big()))
                : new FloatValue(floats.applyAsDouble(toDouble(a), toDouble(b)));
    }

    /** A number as a double. OverflowError for an int beyond its range. */
    public static double toDouble(Value number) {
        return switch (Comparison.number(number)) {
            case IntValue value -> value.toDouble();
            case FloatValue value -> value.value();
            default -> throw Errors.type("must be real number, not " + number.typeName());
        };
    }

    private static RuntimeException refused(String operator, Value left, Value right) {
        Undefined.refuse(left);
        Undefined.refuse(right);
        return unsupported(operator, left, right);
    }

    private static RuntimeException unsupported(String operator, Value left, Value right) {
        return Errors.type("unsupported operand type(s) for " + operator + ": '" + left.typeName() + "' and '"
                + right.typeName() + "'");
    }

    private static RuntimeException refusedUnary(String operator, Value operand) {
        Undefined.refuse(operand);
        return Errors.type("bad operand type for unary " + operator + ": '" + operand.typeName() + "'");
    }
}
