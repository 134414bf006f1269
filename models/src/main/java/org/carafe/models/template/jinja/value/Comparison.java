package org.carafe.models.template.jinja.value;

import java.math.BigDecimal;
import java.util.List;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.jspecify.annotations.Nullable;

/** Python's {@code ==}, {@code <} and their like. */
public final class Comparison {
    /** Depth one level of nested values takes: two stack frames. */
    private static final int LEVELS = 2;

    private Comparison() {}

    public static boolean equal(Value left, Value right, Execution execution) {
        if (left == right) {
            return !(left instanceof FloatValue number && Double.isNaN(number.value()));
        }
        return switch (left) {
            case Text text -> right instanceof Text other && text.chars().equals(other.chars());
            case IntValue number -> isNumber(right) && compareNumbers(left, right) == 0;
            case BoolValue bool -> isNumber(right) && compareNumbers(left, right) == 0;
            case FloatValue number -> isNumber(right) && compareNumbers(left, right) == 0;
            case ListValue list -> right instanceof ListValue other && equal(list.items(), other.items(), execution);
            case TupleValue tuple ->
                right instanceof TupleValue other && equal(tuple.items(), other.items(), execution);
            case DictValue dict -> right instanceof DictValue other && equal(dict, other, execution);
            case DictView view -> right instanceof DictView other && equal(view, other, execution);
            case RangeValue range ->
                right instanceof RangeValue other
                        && range.length() == other.length()
                        && (range.length() == 0
                                || (range.start() == other.start()
                                        && (range.length() == 1 || range.step() == other.step())));
            case Undefined undefined -> right instanceof Undefined;
            case NoneValue none -> false;
            case GeneratorValue generator -> false;
            case ObjectValue object -> false;
        };
    }

    private static boolean equal(List<Value> left, List<Value> right, Execution execution) {
        if (left.size() != right.size()) {
            return false;
        }
        execution.enter(LEVELS);
        execution.spend(left.size());
        boolean same = true;
        for (int i = 0; i < left.size() && same; i++) {
            same = same(left.get(i), right.get(i), execution);
        }
        execution.leave(LEVELS);
        return same;
    }

    /** Equality of items inside containers: the same object is equal to itself even where it is not {@code ==}. */
    static boolean same(Value left, Value right, Execution execution) {
        return left == right || equal(left, right, execution);
    }

    private static boolean equal(DictValue left, DictValue right, Execution execution) {
        if (left.size() != right.size()) {
            return false;
        }
        execution.enter(LEVELS);
        execution.spend(left.size());
        boolean same = true;
        for (DictValue.Entry entry : left.entries()) {
            Value other = right.get(entry.key());
            if (other == null || !same(entry.value(), other, execution)) {
                same = false;
                break;
            }
        }
        execution.leave(LEVELS);
        return same;
    }

    private static boolean equal(DictView left, DictView right, Execution execution) {
        if (left.kind() == DictView.Kind.VALUES || left.kind() != right.kind()) {
            return false;
        }
        if (left.kind() == DictView.Kind.ITEMS) {
            return equal(left.dict(), right.dict(), execution);
        }
        execution.spend(left.dict().size());
        return left.dict().size() == right.dict().size()
                && left.dict().entries().stream().allMatch(entry -> right.dict().get(entry.key()) != null);
    }

    static boolean isNumber(Value value) {
        return value instanceof IntValue || value instanceof FloatValue || value instanceof BoolValue;
    }

    static Value number(Value value) {
        return value instanceof BoolValue bool ? bool.asInt() : value;
    }

    /** Sign of {@code left - right} of two numbers; 2 where one of them is not a number. */
    private static int compareNumbers(Value first, Value second) {
        Value left = number(first);
        Value right = number(second);
        if (left instanceof IntValue a && right instanceof IntValue b) {
            return a.isSmall() && b.isSmall()
                    ? Long.compare(a.small(), b.small())
                    : a.big().compareTo(b.big());
        }
        if (left instanceof FloatValue a && right instanceof FloatValue b) {
            return compareDoubles(a.value(), b.value());
        }
        if (left instanceof FloatValue a && right instanceof IntValue b) {
            return compareMixed(a.value(), b);
        }
        int reversed = compareMixed(((FloatValue) right).value(), (IntValue) left);
        return reversed == 2 ? 2 : -reversed;
    }

    private static int compareMixed(double left, IntValue right) {
        if (Double.isNaN(left)) {
            return 2;
        }
        if (Double.isInfinite(left)) {
            return left > 0 ? 1 : -1;
        }
        return new BigDecimal(left).compareTo(new BigDecimal(right.big()));
    }

    private static int compareDoubles(double left, double right) {
        return left < right ? -1 : left > right ? 1 : left == right ? 0 : 2;
    }

    /** The four orderings. */
    public enum Order {
        LESS("<"),
        LESS_OR_EQUAL("<="),
        GREATER(">"),
        GREATER_OR_EQUAL(">=");

        private final String symbol;

        Order(String symbol) {
            this.symbol = symbol;
        }

        boolean accepts(int sign) {
            return switch (this) {
                case LESS -> sign == -1;
                case LESS_OR_EQUAL -> sign == -1 || sign == 0;
                case GREATER -> sign == 1;
                case GREATER_OR_EQUAL -> sign == 1 || sign == 0;
            };
        }
    }

    public static boolean less(Value left, Value right, Execution execution) {
        return ordered(left, Order.LESS, right, execution);
    }

    public static boolean ordered(Value left, Order order, Value right, Execution execution) {
        if (isNumber(left) && isNumber(right)) {
            return order.accepts(compareNumbers(left, right));
        }
        if (left instanceof Text a && right instanceof Text b) {
            return order.accepts(compareText(a.chars(), b.chars()));
        }
        List<Value> leftItems = itemsToCompare(left, right);
        if (leftItems != null) {
            List<Value> rightItems = itemsToCompare(right, left);
            return orderedItems(leftItems, order, rightItems == null ? List.of() : rightItems, execution);
        }
        Undefined.refuse(left);
        Undefined.refuse(right);
        throw Errors.type("'" + order.symbol + "' not supported between instances of '" + left.typeName() + "' and '"
                + right.typeName() + "'");
    }

    private static @Nullable List<Value> itemsToCompare(Value value, Value other) {
        if (value instanceof ListValue list && other instanceof ListValue) {
            return list.items();
        }
        return value instanceof TupleValue tuple && other instanceof TupleValue ? tuple.items() : null;
    }

    private static boolean orderedItems(List<Value> left, Order order, List<Value> right, Execution execution) {
        execution.enter(LEVELS);
        int common = Math.min(left.size(), right.size());
        execution.spend(common);
        boolean result = order.accepts(Integer.signum(Integer.compare(left.size(), right.size())));
        for (int i = 0; i < common; i++) {
            if (!same(left.get(i), right.get(i), execution)) {
                result = ordered(left.get(i), order, right.get(i), execution);
                break;
            }
        }
        execution.leave(LEVELS);
        return result;
    }

    /** By code points: UTF-16 order differs where surrogates meet U+E000..U+FFFF. */
    static int compareText(String left, String right) {
        int common = Math.min(left.length(), right.length());
        for (int i = 0; i < common; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                boolean astralA = Character.isSurrogate(a);
                boolean astralB = Character.isSurrogate(b);
                return astralA == astralB ? (a < b ? -1 : 1) : astralA ? 1 : -1;
            }
        }
        return Integer.signum(Integer.compare(left.length(), right.length()));
    }
}
