package org.carafe.models.template.jinja.library;

import java.util.Set;
import org.carafe.models.template.jinja.value.BoolValue;
import org.carafe.models.template.jinja.value.DictValue;
import org.carafe.models.template.jinja.value.DictView;
import org.carafe.models.template.jinja.value.FloatValue;
import org.carafe.models.template.jinja.value.Function;
import org.carafe.models.template.jinja.value.IntValue;
import org.carafe.models.template.jinja.value.ListValue;
import org.carafe.models.template.jinja.value.ObjectValue;
import org.carafe.models.template.jinja.value.RangeValue;
import org.carafe.models.template.jinja.value.Sequences;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.TupleValue;
import org.carafe.models.template.jinja.value.Undefined;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/**
 * {@code x.name} and {@code x[key]} as the immutable sandbox evaluates them: a dot looks for an attribute, then for an item;
 * brackets the other way round; what is missing, or hidden by the sandbox, is undefined.
 */
public final class Attributes {
    private static final Set<String> LIST_MUTATORS =
            Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");
    private static final Set<String> DICT_MUTATORS = Set.of("clear", "pop", "popitem", "setdefault", "update");

    private Attributes() {}

    /** {@code object.name}; the name as a str and as its characters. */
    public static Value getAttribute(Value object, Text name, String chars) {
        Value found = attribute(object, chars);
        if (found == null) {
            found = Sequences.item(object, name);
        }
        return found == null ? Undefined.missing(object, name) : found;
    }

    /** {@code object[key]}. */
    public static Value getItem(Value object, Value key) {
        Value found = Sequences.item(object, key);
        if (found == null && key instanceof Text name) {
            found = attribute(object, name.chars());
        }
        return found == null ? Undefined.missing(object, key) : found;
    }

    /** Whether {@code getattr(object, name)} finds something. */
    static boolean has(Value object, String name) {
        return attribute(object, name) != null;
    }

    /** Python's {@code getattr(object, name)} with what the sandbox makes of it; null where there is no such attribute. */
    private static @Nullable Value attribute(Value object, String name) {
        if (object instanceof Undefined undefined && !name.equals("__class__")) {
            throw undefined.error();
        }
        if (name.startsWith("__") && name.endsWith("__") && name.length() > 4) {
            return Undefined.unsafe(object, name);
        }
        return switch (object) {
            case Text text -> {
                Method<Text> method = StringMethods.find(name);
                yield method == null
                        ? null
                        : new Function(
                                name,
                                (execution, arguments) -> StringMethods.call(execution, name, method, text, arguments));
            }
            case DictValue dict ->
                DICT_MUTATORS.contains(name)
                        ? Undefined.unsafe(object, name)
                        : bound(name, ContainerMethods.dict(name), dict);
            case ListValue list ->
                LIST_MUTATORS.contains(name)
                        ? Undefined.unsafe(object, name)
                        : bound(name, ContainerMethods.list(name), list);
            case TupleValue tuple -> {
                int field = tuple.fieldNames().indexOf(name);
                yield field >= 0 ? tuple.items().get(field) : bound(name, ContainerMethods.tuple(name), tuple);
            }
            case DictView view when name.equals("mapping") -> view.dict();
            case RangeValue range -> rangeAttribute(range, name);
            case BoolValue bool -> NumberAttributes.of(bool.asInt(), name);
            case IntValue number -> NumberAttributes.of(number, name);
            case FloatValue number -> NumberAttributes.of(number, name);
            case ObjectValue instance -> name.startsWith("_") ? null : instance.attribute(name);
            default -> null;
        };
    }

    private static <T extends Value> @Nullable Value bound(String name, @Nullable Method<T> method, T self) {
        return method == null
                ? null
                : new Function(name, (execution, arguments) -> method.invoke(execution, self, arguments));
    }

    private static @Nullable Value rangeAttribute(RangeValue range, String name) {
        return switch (name) {
            case "start" -> IntValue.of(range.start());
            case "stop" -> IntValue.of(range.stop());
            case "step" -> IntValue.of(range.step());
            default -> bound(name, ContainerMethods.range(name), range);
        };
    }
}
