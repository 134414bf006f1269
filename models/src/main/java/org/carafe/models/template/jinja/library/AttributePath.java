package org.carafe.models.template.jinja.library;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.carafe.models.template.jinja.value.Characters;
import org.carafe.models.template.jinja.value.IntValue;
import org.carafe.models.template.jinja.value.ListValue;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.Undefined;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** The {@code attribute} argument of filters: {@code "user.names.0"}, an index, or nothing, which leaves the item as it is. */
record AttributePath(List<Value> parts, @Nullable Value absent, boolean foldCase) {
    static AttributePath of(@Nullable Value attribute) {
        return new AttributePath(parts(attribute), null, false);
    }

    /** @param absent what stands for a missing attribute; null leaves it undefined */
    static AttributePath of(@Nullable Value attribute, @Nullable Value absent, boolean foldCase) {
        return new AttributePath(parts(attribute), Bound.orNull(absent), foldCase);
    }

    private static List<Value> parts(@Nullable Value attribute) {
        Value given = Bound.orNull(attribute);
        if (given == null) {
            return List.of();
        }
        if (!(given instanceof Text text)) {
            return List.of(given);
        }
        List<Value> parts = new ArrayList<>();
        for (String part : text.chars().split("\\.", -1)) {
            boolean index =
                    !part.isEmpty() && part.length() < 10 && part.codePoints().allMatch(Characters::isDecimal);
            parts.add(index ? IntValue.of(Integer.parseInt(part)) : Text.of(part));
        }
        return parts;
    }

    Value get(Value item) {
        Value value = item;
        for (Value part : parts) {
            value = Attributes.getItem(value, part);
            if (absent != null && value instanceof Undefined) {
                value = absent;
            }
        }
        return foldCase ? lower(value) : value;
    }

    private static Value lower(Value value) {
        return value instanceof Text text ? text.derived(text.chars().toLowerCase(Locale.ROOT)) : value;
    }

    /** Several paths with commas between them: a list of what each finds. */
    static List<AttributePath> several(@Nullable Value attribute, boolean foldCase) {
        if (!(attribute instanceof Text text)) {
            return List.of(of(attribute, null, foldCase));
        }
        List<AttributePath> paths = new ArrayList<>();
        for (String part : text.chars().split(",", -1)) {
            paths.add(of(Text.of(part), null, foldCase));
        }
        return paths;
    }

    /** A list even of one: lists compare their items for equality first, so that undefined ones sort. */
    static Value all(List<AttributePath> paths, Value item) {
        return new ListValue(paths.stream().map(path -> path.get(item)).toList());
    }
}
