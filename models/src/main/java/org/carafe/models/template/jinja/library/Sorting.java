package org.carafe.models.template.jinja.library;

import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.Comparison;
import org.carafe.models.template.jinja.value.Value;

/** Python's {@code sorted}: stable, by {@code <} of the keys. */
final class Sorting {
    private record Keyed<T>(T item, Value key) {}

    private Sorting() {}

    static <T> void sort(Execution execution, List<T> items, Function<T, Value> key, boolean reverse) {
        execution.spend((long) items.size() * (Integer.SIZE - Integer.numberOfLeadingZeros(items.size())));
        Comparator<Keyed<T>> order = (left, right) -> compare(execution, left.key(), right.key());
        List<Keyed<T>> keyed = items.stream()
                .map(item -> new Keyed<>(item, key.apply(item)))
                .collect(java.util.stream.Collectors.toCollection(java.util.ArrayList::new));
        try {
            keyed.sort(reverse ? order.reversed() : order);
        } catch (IllegalArgumentException inconsistent) { // NaN among the keys
            throw Errors.value("values to sort have no consistent order");
        }
        for (int i = 0; i < keyed.size(); i++) {
            items.set(i, keyed.get(i).item());
        }
    }

    private static int compare(Execution execution, Value left, Value right) {
        if (Comparison.less(left, right, execution)) {
            return -1;
        }
        return Comparison.less(right, left, execution) ? 1 : 0;
    }
}
