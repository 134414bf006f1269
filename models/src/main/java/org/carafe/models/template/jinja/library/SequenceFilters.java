package org.carafe.models.template.jinja.library;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.Comparison;
import org.carafe.models.template.jinja.value.DictValue;
import org.carafe.models.template.jinja.value.DictView;
import org.carafe.models.template.jinja.value.GeneratorValue;
import org.carafe.models.template.jinja.value.IntValue;
import org.carafe.models.template.jinja.value.ListValue;
import org.carafe.models.template.jinja.value.NoneValue;
import org.carafe.models.template.jinja.value.RangeValue;
import org.carafe.models.template.jinja.value.Repr;
import org.carafe.models.template.jinja.value.Sequences;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.TextBuilder;
import org.carafe.models.template.jinja.value.TupleValue;
import org.carafe.models.template.jinja.value.Undefined;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** Filters on lists and their like that give their result at once. */
final class SequenceFilters {
    private static final List<String> GROUP_FIELDS = List.of("grouper", "list");

    private SequenceFilters() {}

    static Value first(Value subject) {
        Iterator<Value> items = Sequences.iterate(subject);
        return items.hasNext() ? items.next() : Undefined.of("No first item, sequence was empty.");
    }

    static Value last(Execution execution, Value subject) {
        if (subject instanceof Text text && !text.isEmpty()) {
            return Sequences.slice(text, IntValue.of(-1), NoneValue.NONE, NoneValue.NONE, execution);
        }
        if (!isReversible(subject)) {
            throw Errors.type("'" + subject.typeName() + "' object is not reversible");
        }
        List<Value> items = Sequences.toList(subject, execution);
        return items.isEmpty() ? Undefined.of("No last item, sequence was empty.") : items.getLast();
    }

    private static boolean isReversible(Value value) {
        return switch (value) {
            case Text text -> true;
            case ListValue list -> true;
            case TupleValue tuple -> true;
            case DictValue dict -> true;
            case DictView view -> true;
            case RangeValue range -> true;
            case Undefined undefined -> true;
            default -> false;
        };
    }

    static Value reverse(Execution execution, Value subject) {
        if (subject instanceof Text text) {
            return Sequences.slice(text, NoneValue.NONE, NoneValue.NONE, IntValue.of(-1), execution);
        }
        if (Sequences.iterateOrNull(subject) == null) {
            throw Errors.runtime("argument must be iterable");
        }
        List<Value> items = new ArrayList<>(Sequences.toList(subject, execution));
        execution.spend(items.size());
        Collections.reverse(items);
        return isReversible(subject)
                ? new GeneratorValue(reversedType(subject), items.iterator())
                : new ListValue(items);
    }

    private static String reversedType(Value subject) {
        return switch (subject) {
            case ListValue list -> "list_reverseiterator";
            case DictValue dict -> "dict_reversekeyiterator";
            case DictView view ->
                view.typeName().replace("dict_", "dict_reverse").replaceFirst("s$", "iterator");
            case RangeValue range -> "range_iterator";
            default -> "reversed";
        };
    }

    static Value join(Execution execution, Value subject, @Nullable Value[] arguments) {
        Text separator = arguments[0] == null ? Text.EMPTY : Repr.str(arguments[0], execution);
        AttributePath path = AttributePath.of(arguments[1]);
        Iterator<Value> items = Sequences.iterateOrNull(subject);
        if (items == null) {
            throw Errors.type("'" + subject.typeName() + "' object is not iterable");
        }
        TextBuilder out = new TextBuilder(execution);
        boolean started = false;
        while (items.hasNext()) {
            execution.spend(1);
            if (started) {
                out.append(separator);
            }
            started = true;
            out.append(Repr.str(path.get(items.next()), execution));
        }
        return out.toText();
    }

    static Value sort(Execution execution, Value subject, @Nullable Value[] arguments) {
        List<AttributePath> paths = AttributePath.several(Bound.orNull(arguments[2]), !Bound.truth(arguments[1]));
        List<Value> items = new ArrayList<>(Sequences.toList(subject, execution));
        Sorting.sort(execution, items, item -> AttributePath.all(paths, item), Bound.truth(arguments[0]));
        return new ListValue(items);
    }

    static Value dictSort(Execution execution, Value subject, @Nullable Value[] arguments) {
        String by = arguments[1] == null ? "key" : arguments[1] instanceof Text text ? text.chars() : "";
        if (!by.equals("key") && !by.equals("value")) {
            throw Errors.runtime("You can only sort by either \"key\" or \"value\"");
        }
        if (!(subject instanceof DictValue dict)) {
            if (subject instanceof Undefined undefined) {
                throw undefined.error();
            }
            throw Errors.type("'" + subject.typeName() + "' object has no attribute 'items'");
        }
        AttributePath folding = AttributePath.of(null, null, !Bound.truth(arguments[0]));
        List<DictValue.Entry> entries = new ArrayList<>(dict.entries());
        Sorting.sort(
                execution,
                entries,
                entry -> folding.get(by.equals("key") ? entry.key() : entry.value()),
                Bound.truth(arguments[2]));
        List<Value> pairs = new ArrayList<>(entries.size());
        entries.forEach(entry -> pairs.add(TupleValue.of(entry.key(), entry.value())));
        return new ListValue(pairs);
    }

    static Value extreme(Execution execution, Value subject, @Nullable Value[] arguments, boolean greatest) {
        AttributePath path = AttributePath.of(arguments[1], null, !Bound.truth(arguments[0]));
        Iterator<Value> items = Sequences.iterate(subject);
        if (!items.hasNext()) {
            return Undefined.of("No aggregated item, sequence was empty.");
        }
        Value best = items.next();
        Value bestKey = path.get(best);
        while (items.hasNext()) {
            execution.spend(1);
            Value item = items.next();
            Value key = path.get(item);
            Comparison.Order better = greatest ? Comparison.Order.GREATER : Comparison.Order.LESS;
            if (Comparison.ordered(key, better, bestKey, execution)) {
                best = item;
                bestKey = key;
            }
        }
        return best;
    }

    /** Groups of equal keys, in the order of the keys; each a pair (grouper, list). */
    static Value groupBy(Execution execution, Value subject, @Nullable Value[] arguments) {
        AttributePath path = AttributePath.of(arguments[0], arguments[1], !Bound.truth(arguments[2]));
        AttributePath shown = AttributePath.of(arguments[0], arguments[1], false);
        List<Value> items = new ArrayList<>(Sequences.toList(subject, execution));
        Sorting.sort(execution, items, path::get, false);
        List<Value> groups = new ArrayList<>();
        int start = 0;
        while (start < items.size()) {
            Value key = path.get(items.get(start));
            int end = start + 1;
            while (end < items.size() && Comparison.equal(path.get(items.get(end)), key, execution)) {
                end++;
            }
            ListValue members = new ListValue(items.subList(start, end));
            groups.add(new TupleValue(List.of(shown.get(items.get(start)), members), GROUP_FIELDS));
            start = end;
        }
        return new ListValue(groups);
    }
}
