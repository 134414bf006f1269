package org.carafe.models.template.jinja.library;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.Arguments;
import org.carafe.models.template.jinja.value.DictValue;
import org.carafe.models.template.jinja.value.GeneratorValue;
import org.carafe.models.template.jinja.value.Keys;
import org.carafe.models.template.jinja.value.ListValue;
import org.carafe.models.template.jinja.value.Repr;
import org.carafe.models.template.jinja.value.Sequences;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.TupleValue;
import org.carafe.models.template.jinja.value.Undefined;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** Filters that are generators in Jinja2: they work, and fail, only when somebody reads their items. */
final class LazyFilters {
    private LazyFilters() {}

    /** An iterator that asks for its items one at a time, and for its source only at the first. */
    private abstract static class Generator implements Iterator<Value> {
        private @Nullable Value next;
        private boolean done;

        /** The next item, or null at the end. */
        abstract @Nullable Value produce();

        @Override
        public boolean hasNext() {
            if (next == null && !done) {
                next = produce();
                done = next == null;
            }
            return next != null;
        }

        @Override
        public Value next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Value item = next;
            next = null;
            if (item == null) {
                throw new NoSuchElementException();
            }
            return item;
        }
    }

    private static Iterator<Value> deferred(Supplier<Iterator<Value>> source) {
        return new Generator() {
            private @Nullable Iterator<Value> items;

            @Override
            @Nullable
            Value produce() {
                Iterator<Value> from = items == null ? source.get() : items;
                items = from;
                return from.hasNext() ? from.next() : null;
            }
        };
    }

    static Iterator<Value> items(Value subject) {
        return deferred(() -> switch (subject) {
            case Undefined undefined -> Collections.emptyIterator();
            case DictValue dict ->
                dict.entries().stream()
                        .map(entry -> (Value) TupleValue.of(entry.key(), entry.value()))
                        .iterator();
            default -> throw Errors.type("Can only get item pairs from a mapping.");
        });
    }

    static Value map(Execution execution, Value subject, Arguments arguments) {
        return generator(execution, subject, true, () -> {
            Function<Value, Value> function = mapping(execution, arguments);
            return item -> function.apply(item);
        });
    }

    private static Function<Value, Value> mapping(Execution execution, Arguments arguments) {
        if (arguments.positional().isEmpty() && arguments.keywords().containsKey("attribute")) {
            Map<String, Value> options = new HashMap<>(arguments.keywords());
            AttributePath path = AttributePath.of(options.remove("attribute"), options.remove("default"), false);
            if (!options.isEmpty()) {
                throw Errors.runtime("Unexpected keyword argument "
                        + Repr.quote(options.keySet().iterator().next()));
            }
            return path::get;
        }
        if (arguments.positional().isEmpty()) {
            throw Errors.runtime("map requires a filter argument");
        }
        Filter filter = named("filter", arguments.positional().getFirst(), Filters::find);
        Arguments rest = arguments.from(1);
        return item -> filter.apply(execution, item, rest);
    }

    private static Filter named(String what, Value name, Function<String, @Nullable Filter> find) {
        Filter found = name instanceof Text text ? find.apply(text.chars()) : null;
        if (found == null) {
            String shown = name instanceof Text text ? Repr.quote(text.chars()) : name.typeName();
            throw Errors.runtime("No " + what + " named " + shown + ".");
        }
        return found;
    }

    /** @param wanted true for select, false for reject; {@code ofAttribute} for selectattr and rejectattr */
    static Value select(Execution execution, Value subject, Arguments arguments, boolean wanted, boolean ofAttribute) {
        return generator(execution, subject, false, () -> {
            Predicate<Value> test = predicate(execution, arguments, ofAttribute);
            return item -> test.test(item) == wanted ? item : null;
        });
    }

    private static Predicate<Value> predicate(Execution execution, Arguments arguments, boolean ofAttribute) {
        int taken = ofAttribute ? 1 : 0;
        if (ofAttribute && arguments.positional().isEmpty()) {
            throw Errors.runtime("Missing parameter for attribute name");
        }
        AttributePath path =
                AttributePath.of(ofAttribute ? arguments.positional().getFirst() : null);
        if (arguments.positional().size() == taken) {
            return item -> path.get(item).truth();
        }
        Value name = arguments.positional().get(taken);
        Arguments rest = arguments.from(taken + 1);
        return item -> {
            Filter test = named("test", name, Tests::find);
            return test.apply(execution, path.get(item), rest).truth();
        };
    }

    /** A generator over the subject's items; the step returns null for items to leave out. */
    private static Value generator(
            Execution execution, Value subject, boolean keepsAll, Supplier<Function<Value, @Nullable Value>> prepare) {
        return new GeneratorValue(new Generator() {
            private @Nullable Iterator<Value> source;
            private @Nullable Function<Value, @Nullable Value> step;

            @Override
            @Nullable
            Value produce() {
                Iterator<Value> from = source;
                Function<Value, @Nullable Value> apply = step;
                if (from == null || apply == null) {
                    if (!subject.truth()) {
                        return null;
                    }
                    apply = prepare.get();
                    from = Sequences.iterate(subject);
                    source = from;
                    step = apply;
                }
                while (from.hasNext()) {
                    execution.spend(1);
                    Value result = apply.apply(from.next());
                    if (result != null || keepsAll) {
                        return result;
                    }
                }
                return null;
            }
        });
    }

    static Value unique(Execution execution, Value subject, @Nullable Value[] arguments) {
        AttributePath path = AttributePath.of(arguments[1], null, !Bound.truth(arguments[0]));
        Set<Object> seen = new HashSet<>();
        return new GeneratorValue(new Generator() {
            private @Nullable Iterator<Value> source;

            @Override
            @Nullable
            Value produce() {
                Iterator<Value> from = source == null ? Sequences.iterate(subject) : source;
                source = from;
                while (from.hasNext()) {
                    execution.spend(1);
                    Value item = from.next();
                    if (seen.add(Keys.of(path.get(item)))) {
                        return item;
                    }
                }
                return null;
            }
        });
    }

    static Value batch(Execution execution, Value subject, @Nullable Value[] arguments) {
        Value lineCount = Bound.required(arguments, 0);
        Value fill = Bound.orNull(arguments[1]);
        return new GeneratorValue(deferred(() -> {
            int size = lineCount instanceof Text ? -1 : Bound.integer(lineCount, 0);
            List<Value> batches = new ArrayList<>();
            List<Value> batch = new ArrayList<>();
            for (Value item : Sequences.toList(subject, execution)) {
                if (batch.size() == size) {
                    batches.add(new ListValue(batch));
                    batch = new ArrayList<>();
                }
                batch.add(item);
            }
            if (!batch.isEmpty()) {
                if (fill != null) {
                    execution.spend(Math.max(0, size - batch.size()));
                    while (batch.size() < size) {
                        batch.add(fill);
                    }
                }
                batches.add(new ListValue(batch));
            }
            return batches.iterator();
        }));
    }

    static Value slice(Execution execution, Value subject, @Nullable Value[] arguments) {
        Value count = Bound.required(arguments, 0);
        Value fill = Bound.orNull(arguments[1]);
        return new GeneratorValue(deferred(() -> {
            List<Value> items = Sequences.toList(subject, execution);
            int slices = Bound.integer(count, 0);
            if (slices == 0) {
                throw Errors.arithmetic("integer division or modulo by zero");
            }
            execution.spend(Math.max(0, slices));
            int perSlice = Math.floorDiv(items.size(), slices);
            int withExtra = Math.floorMod(items.size(), slices);
            int offset = 0;
            List<Value> result = new ArrayList<>();
            for (int i = 0; i < slices; i++) {
                int start = offset + i * perSlice;
                if (i < withExtra) {
                    offset++;
                }
                int end = offset + (i + 1) * perSlice;
                List<Value> slice = new ArrayList<>(items.subList(start, end));
                if (fill != null && i >= withExtra) {
                    slice.add(fill);
                }
                result.add(new ListValue(slice));
            }
            return result.iterator();
        }));
    }
}
