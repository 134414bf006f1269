package org.carafe.models.template.jinja.value;

import java.util.ArrayList;
import java.util.List;
import org.carafe.models.template.jinja.Errors;

/** Python's hashing: what a value is filed under in a dict, so that keys Python holds equal are equal here. */
public final class Keys {
    private record TupleKey(List<Object> items) {}

    private Keys() {}

    /** An object with equals and hashCode of Python's {@code ==} and {@code hash}. TypeError for lists and dicts. */
    public static Object of(Value value) {
        return switch (value) {
            case Text text -> text;
            case IntValue number -> number;
            case BoolValue bool -> bool.asInt();
            case FloatValue number -> ofFloat(number);
            case NoneValue none -> none;
            case Undefined undefined -> Undefined.class;
            case TupleValue tuple -> {
                List<Object> items = new ArrayList<>(tuple.items().size());
                for (Value item : tuple.items()) {
                    items.add(of(item));
                }
                yield new TupleKey(items);
            }
            case RangeValue range -> range;
            case GeneratorValue generator -> generator;
            case ObjectValue object -> object;
            case ListValue list -> throw unhashable(list);
            case DictValue dict -> throw unhashable(dict);
            case DictView view -> throw unhashable(view);
        };
    }

    private static Object ofFloat(FloatValue number) {
        double value = number.value();
        if (value == Math.rint(value) && !Double.isInfinite(value)) {
            return IntValue.of(new java.math.BigDecimal(value).toBigInteger());
        }
        return number;
    }

    private static RuntimeException unhashable(Value value) {
        return Errors.type("unhashable type: '" + value.typeName() + "'");
    }
}
