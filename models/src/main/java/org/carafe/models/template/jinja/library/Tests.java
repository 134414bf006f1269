package org.carafe.models.template.jinja.library;

import java.util.HashMap;
import java.util.Map;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.Arithmetic;
import org.carafe.models.template.jinja.value.BoolValue;
import org.carafe.models.template.jinja.value.Callable;
import org.carafe.models.template.jinja.value.Comparison;
import org.carafe.models.template.jinja.value.Comparison.Order;
import org.carafe.models.template.jinja.value.DictValue;
import org.carafe.models.template.jinja.value.FloatValue;
import org.carafe.models.template.jinja.value.IntValue;
import org.carafe.models.template.jinja.value.ListValue;
import org.carafe.models.template.jinja.value.NoneValue;
import org.carafe.models.template.jinja.value.RangeValue;
import org.carafe.models.template.jinja.value.Repr;
import org.carafe.models.template.jinja.value.Sequences;
import org.carafe.models.template.jinja.value.Signature;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.TupleValue;
import org.carafe.models.template.jinja.value.Undefined;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** The tests of Jinja2 3.1: what may stand behind {@code is}. */
public final class Tests {
    private static final Map<String, Filter> TESTS = new HashMap<>();

    /** Tests a value. */
    @FunctionalInterface
    private interface Unary {
        boolean test(Execution execution, Value value);
    }

    /** Tests a value against another. */
    @FunctionalInterface
    private interface Binary {
        boolean test(Execution execution, Value value, Value other);
    }

    static {
        kinds();
        comparisons();
        unary("odd", (x, value) -> isRemainder(x, value, IntValue.of(2), IntValue.ONE));
        unary("even", (x, value) -> isRemainder(x, value, IntValue.of(2), IntValue.ZERO));
        binary("divisibleby", "num", (x, value, divisor) -> isRemainder(x, value, divisor, IntValue.ZERO));
        unary("lower", (x, value) -> TextCase.isLower(Repr.str(value, x).chars()));
        unary("upper", (x, value) -> TextCase.isUpper(Repr.str(value, x).chars()));
        unary("filter", (x, value) -> value instanceof Text name && Filters.find(name.chars()) != null);
        unary("test", (x, value) -> value instanceof Text name && find(name.chars()) != null);
        binary("in", "seq", (x, value, container) -> Sequences.contains(container, value, x));
        binary("sameas", "other", (x, value, other) -> isSame(value, other));
        unary("escaped", (x, value) -> value instanceof Text text && text.isMarkup());
    }

    private Tests() {}

    public static @Nullable Filter find(String name) {
        return TESTS.get(name);
    }

    private static void unary(String name, Unary test) {
        Signature signature = Signature.of("test_" + name);
        TESTS.put(name, (execution, subject, arguments) -> {
            signature.bind(arguments);
            return BoolValue.of(test.test(execution, subject));
        });
    }

    private static void binary(String name, String parameter, Binary test) {
        Signature signature = Signature.of("test_" + name, parameter);
        TESTS.put(
                name,
                (execution, subject, arguments) ->
                        BoolValue.of(test.test(execution, subject, Bound.required(signature.bind(arguments), 0))));
    }

    private static void kinds() {
        unary("defined", (x, value) -> !(value instanceof Undefined));
        unary("undefined", (x, value) -> value instanceof Undefined);
        unary("none", (x, value) -> value == NoneValue.NONE);
        unary("boolean", (x, value) -> value instanceof BoolValue);
        unary("true", (x, value) -> value == BoolValue.TRUE);
        unary("false", (x, value) -> value == BoolValue.FALSE);
        unary("integer", (x, value) -> value instanceof IntValue);
        unary("float", (x, value) -> value instanceof FloatValue);
        unary(
                "number",
                (x, value) -> value instanceof IntValue || value instanceof FloatValue || value instanceof BoolValue);
        unary("string", (x, value) -> value instanceof Text);
        unary("mapping", (x, value) -> value instanceof DictValue);
        unary("iterable", (x, value) -> Sequences.iterateOrNull(value) != null);
        unary("sequence", (x, value) -> switch (value) {
            case Text text -> true;
            case ListValue list -> true;
            case TupleValue tuple -> true;
            case DictValue dict -> true;
            case RangeValue range -> true;
            case Undefined undefined -> true;
            default -> false;
        });
        unary("callable", (x, value) -> value instanceof Callable || value instanceof Undefined);
    }

    private static void comparisons() {
        for (String name : new String[] {"eq", "==", "equalto"}) {
            binary(name, "other", (x, value, other) -> Comparison.equal(value, other, x));
        }
        for (String name : new String[] {"ne", "!="}) {
            binary(name, "other", (x, value, other) -> !Comparison.equal(value, other, x));
        }
        order(Order.LESS, "lt", "<", "lessthan");
        order(Order.LESS_OR_EQUAL, "le", "<=");
        order(Order.GREATER, "gt", ">", "greaterthan");
        order(Order.GREATER_OR_EQUAL, "ge", ">=");
    }

    private static void order(Order order, String... names) {
        for (String name : names) {
            binary(name, "other", (x, value, other) -> Comparison.ordered(value, order, other, x));
        }
    }

    private static boolean isRemainder(Execution execution, Value value, Value divisor, Value remainder) {
        Value result = value instanceof Text format
                ? PercentFormat.format(execution, format, divisor)
                : Arithmetic.modulo(value, divisor);
        return Comparison.equal(result, remainder, execution);
    }

    /** Identity as CPython has it for values that templates compare so: its singletons, small ints, and one and the same object. */
    private static boolean isSame(Value value, Value other) {
        if (value instanceof IntValue left && other instanceof IntValue right) {
            return left.equals(right) && left.isSmall() && left.small() >= -5 && left.small() <= 256;
        }
        return value == other
                || (value instanceof Text left
                        && other instanceof Text right
                        && left.codePoints() <= 1
                        && left.equals(right));
    }
}
