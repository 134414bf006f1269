package org.carafe.models.template.jinja.value;

import java.util.List;
import java.util.Map;

/** The arguments of one call; keywords in the order they were written. */
public record Arguments(List<Value> positional, Map<String, Value> keywords) {
    public static final Arguments NONE = new Arguments(List.of(), Map.of());

    public static Arguments of(Value... positional) {
        return new Arguments(List.of(positional), Map.of());
    }

    /** The same without its first {@code count} positional ones. */
    public Arguments from(int count) {
        return new Arguments(positional.subList(count, positional.size()), keywords);
    }
}
