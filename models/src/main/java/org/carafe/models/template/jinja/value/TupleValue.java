package org.carafe.models.template.jinja.value;

import java.util.List;

/**
 * A tuple.
 *
 * @param fieldNames names its items answer to as attributes (groupby's grouper and list); empty for a plain tuple
 */
public record TupleValue(List<Value> items, List<String> fieldNames) implements Value {
    public static final TupleValue EMPTY = of(List.of());

    public static TupleValue of(List<Value> items) {
        return new TupleValue(items, List.of());
    }

    public static TupleValue of(Value... items) {
        return of(List.of(items));
    }

    @Override
    public String typeName() {
        return fieldNames.isEmpty() ? "tuple" : "_GroupTuple";
    }

    @Override
    public boolean truth() {
        return !items.isEmpty();
    }
}
