package org.carafe.models.template.jinja.value;

import java.util.List;

/** A list. Nothing a template may do changes one: the sandbox blocks the methods that would. */
public record ListValue(List<Value> items) implements Value {
    public static final ListValue EMPTY = new ListValue(List.of());

    @Override
    public String typeName() {
        return "list";
    }

    @Override
    public boolean truth() {
        return !items.isEmpty();
    }
}
