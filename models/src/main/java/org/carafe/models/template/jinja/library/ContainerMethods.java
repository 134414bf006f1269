package org.carafe.models.template.jinja.library;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.Comparison;
import org.carafe.models.template.jinja.value.DictValue;
import org.carafe.models.template.jinja.value.DictView;
import org.carafe.models.template.jinja.value.IntValue;
import org.carafe.models.template.jinja.value.ListValue;
import org.carafe.models.template.jinja.value.NoneValue;
import org.carafe.models.template.jinja.value.RangeValue;
import org.carafe.models.template.jinja.value.Sequences;
import org.carafe.models.template.jinja.value.Signature;
import org.carafe.models.template.jinja.value.TupleValue;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** The methods of dict, list, tuple and range that change nothing. */
final class ContainerMethods {
    private static final Map<String, Method<DictValue>> DICT = Map.of(
            "get",
            method("get", (x, self, a) -> get(self, a), "key", "default?"),
            "keys",
            method("keys", (x, self, a) -> new DictView(self, DictView.Kind.KEYS)),
            "values",
            method("values", (x, self, a) -> new DictView(self, DictView.Kind.VALUES)),
            "items",
            method("items", (x, self, a) -> new DictView(self, DictView.Kind.ITEMS)),
            "copy",
            method("copy", (x, self, a) -> self),
            "fromkeys",
            method("fromkeys", ContainerMethods::fromKeys, "iterable", "value?"));

    private static final Map<String, Method<ListValue>> LIST = Map.of(
            "index",
            method("index", (x, self, a) -> index(x, self.items(), a, "list"), "value", "start?", "stop?"),
            "count",
            method("count", (x, self, a) -> count(x, self.items(), a), "value"),
            "copy",
            method("copy", (x, self, a) -> self));

    private static final Map<String, Method<TupleValue>> TUPLE = Map.of(
            "index",
            method("index", (x, self, a) -> index(x, self.items(), a, "tuple"), "value", "start?", "stop?"),
            "count",
            method("count", (x, self, a) -> count(x, self.items(), a), "value"));

    private static final Map<String, Method<RangeValue>> RANGE = Map.of(
            "index",
            method("index", (x, self, a) -> index(x, Sequences.toList(self, x), a, "range"), "value"),
            "count",
            method("count", (x, self, a) -> count(x, Sequences.toList(self, x), a), "value"));

    private ContainerMethods() {}

    static @Nullable Method<DictValue> dict(String name) {
        return DICT.get(name);
    }

    static @Nullable Method<ListValue> list(String name) {
        return LIST.get(name);
    }

    static @Nullable Method<TupleValue> tuple(String name) {
        return TUPLE.get(name);
    }

    static @Nullable Method<RangeValue> range(String name) {
        return RANGE.get(name);
    }

    private static <T extends Value> Method<T> method(String name, Method.Body<T> body, String... parameters) {
        return new Method<>(Signature.positional(name, parameters), body);
    }

    private static Value get(DictValue dict, @Nullable Value[] arguments) {
        Value found = dict.get(Bound.required(arguments, 0));
        return found != null ? found : Bound.or(arguments[1], NoneValue.NONE);
    }

    private static Value fromKeys(Execution execution, DictValue self, @Nullable Value[] arguments) {
        DictValue dict = new DictValue();
        for (Iterator<Value> keys = Sequences.iterate(Bound.required(arguments, 0)); keys.hasNext(); ) {
            execution.spend(1);
            dict.put(keys.next(), Bound.or(arguments[1], NoneValue.NONE));
        }
        return dict;
    }

    private static Value index(Execution execution, List<Value> items, @Nullable Value[] arguments, String type) {
        Value wanted = Bound.required(arguments, 0);
        int from = arguments.length > 1 ? bound(arguments[1], 0, items.size()) : 0;
        int to = arguments.length > 1 ? bound(arguments[2], items.size(), items.size()) : items.size();
        for (int i = from; i < to; i++) {
            execution.spend(1);
            if (items.get(i) == wanted || Comparison.equal(items.get(i), wanted, execution)) {
                return IntValue.of(i);
            }
        }
        throw Errors.value(type.equals("tuple") ? "tuple.index(x): x not in tuple" : "value is not in " + type);
    }

    private static int bound(@Nullable Value argument, int absent, int size) {
        int at = Bound.integer(argument, absent);
        return Math.clamp(at < 0 ? at + size : at, 0, size);
    }

    private static Value count(Execution execution, List<Value> items, @Nullable Value[] arguments) {
        Value wanted = Bound.required(arguments, 0);
        execution.spend(items.size());
        int count = 0;
        for (Value item : items) {
            if (item == wanted || Comparison.equal(item, wanted, execution)) {
                count++;
            }
        }
        return IntValue.of(count);
    }
}
