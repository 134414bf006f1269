package org.carafe.models.template.jinja.value;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.jspecify.annotations.Nullable;

/** Python's iteration, {@code len}, {@code in}, indexing and slicing. */
public final class Sequences {
    private Sequences() {}

    /** {@code iter(value)}. TypeError where it has none. */
    public static Iterator<Value> iterate(Value value) {
        Iterator<Value> iterator = iterateOrNull(value);
        if (iterator == null) {
            throw Errors.type("'" + value.typeName() + "' object is not iterable");
        }
        return iterator;
    }

    public static @Nullable Iterator<Value> iterateOrNull(Value value) {
        return switch (value) {
            case ListValue list -> list.items().iterator();
            case TupleValue tuple -> tuple.items().iterator();
            case DictValue dict ->
                dict.entries().stream().map(DictValue.Entry::key).iterator();
            case DictView view ->
                view.dict().entries().stream().map(view::project).iterator();
            case Text text -> new CodePoints(text);
            case RangeValue range -> new Items(range);
            case GeneratorValue generator -> generator.items();
            case Undefined undefined -> Collections.emptyIterator();
            case NoneValue none -> null;
            case BoolValue bool -> null;
            case IntValue number -> null;
            case FloatValue number -> null;
            case ObjectValue object -> object.iterator();
        };
    }

    public static List<Value> toList(Value value, Execution execution) {
        if (value instanceof ListValue list) {
            return list.items();
        }
        if (value instanceof TupleValue tuple) {
            return tuple.items();
        }
        List<Value> items = new ArrayList<>();
        for (Iterator<Value> iterator = iterate(value); iterator.hasNext(); ) {
            execution.spend(1);
            items.add(iterator.next());
        }
        return items;
    }

    /** {@code len(value)}. TypeError where it has none. */
    public static int length(Value value) {
        return switch (value) {
            case Text text -> text.codePoints();
            case ListValue list -> list.items().size();
            case TupleValue tuple -> tuple.items().size();
            case DictValue dict -> dict.size();
            case DictView view -> view.dict().size();
            case RangeValue range -> range.length();
            case Undefined undefined -> 0;
            case ObjectValue object -> object.length();
            default -> throw Errors.type("object of type '" + value.typeName() + "' has no len()");
        };
    }

    public static boolean hasLength(Value value) {
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

    /** {@code item in container}. */
    public static boolean contains(Value container, Value item, Execution execution) {
        switch (container) {
            case Text text -> {
                if (!(item instanceof Text part)) {
                    throw Errors.type("'in <string>' requires string as left operand, not " + item.typeName());
                }
                execution.spendChars(text.chars().length());
                return text.chars().contains(part.chars());
            }
            case DictValue dict -> {
                return dict.get(item) != null;
            }
            case DictView view
            when view.kind() == DictView.Kind.KEYS -> {
                return view.dict().get(item) != null;
            }
            default -> {
                Iterator<Value> iterator = iterateOrNull(container);
                if (iterator == null) {
                    throw Errors.type("argument of type '" + container.typeName() + "' is not iterable");
                }
                while (iterator.hasNext()) {
                    execution.spend(1);
                    if (Comparison.same(iterator.next(), item, execution)) {
                        return true;
                    }
                }
                return false;
            }
        }
    }

    /** {@code container[key]}, or null where Python raises a TypeError or LookupError. */
    public static @Nullable Value item(Value container, Value key) {
        return switch (container) {
            case DictValue dict -> isHashable(key) ? dict.get(key) : null;
            case ListValue list -> index(list.items(), key);
            case TupleValue tuple -> index(tuple.items(), key);
            case Text text -> {
                int at = position(key, text.codePoints());
                yield at < 0 ? null : text.slice(text.offset(at), text.offset(at + 1));
            }
            case RangeValue range -> {
                int at = position(key, range.length());
                yield at < 0 ? null : range.get(at);
            }
            case Undefined undefined -> throw undefined.error();
            default -> null;
        };
    }

    private static boolean isHashable(Value key) {
        return switch (key) {
            case ListValue list -> false;
            case DictValue dict -> false;
            case DictView view -> false;
            case TupleValue tuple -> tuple.items().stream().allMatch(Sequences::isHashable);
            default -> true;
        };
    }

    private static @Nullable Value index(List<Value> items, Value key) {
        int at = position(key, items.size());
        return at < 0 ? null : items.get(at);
    }

    private static int position(Value key, int length) {
        if (!(Comparison.number(key) instanceof IntValue number)) {
            return -1;
        }
        int at = number.clamped();
        if (at < 0) {
            at += length;
        }
        return at < length ? Math.max(at, -1) : -1;
    }

    /** {@code container[start:stop:step]}; a bound left out is None. */
    public static Value slice(Value container, Value start, Value stop, Value step, Execution execution) {
        int length = switch (container) {
            case Text text -> text.codePoints();
            case ListValue list -> list.items().size();
            case TupleValue tuple -> tuple.items().size();
            case RangeValue range -> range.length();
            case Undefined undefined -> throw undefined.error();
            case DictValue dict -> throw Errors.type("unhashable type: 'slice'");
            default -> throw Errors.type("'" + container.typeName() + "' object is not subscriptable");
        };
        int stride = bound(step, 1);
        if (stride == 0) {
            throw Errors.value("slice step cannot be zero");
        }
        boolean forward = stride > 0;
        int first = clip(bound(start, forward ? 0 : Integer.MAX_VALUE), start, length, forward);
        int last = stop == NoneValue.NONE ? (forward ? length : -1) : clip(bound(stop, 0), stop, length, forward);
        int count = forward
                ? (last > first ? (int) (((long) last - first - 1) / stride + 1) : 0)
                : (first > last ? (int) (((long) first - last - 1) / -(long) stride + 1) : 0);
        return take(container, first, stride, count, execution);
    }

    private static int bound(Value value, int absent) {
        if (value == NoneValue.NONE) {
            return absent;
        }
        if (Comparison.number(value) instanceof IntValue number) {
            return Math.max(number.clamped(), -Integer.MAX_VALUE);
        }
        throw Errors.type("slice indices must be integers or None or have an __index__ method");
    }

    private static int clip(int value, Value given, int length, boolean forward) {
        int at = value < 0 && given != NoneValue.NONE ? value + length : value;
        return Math.clamp(at, forward ? 0 : -1, forward ? length : length - 1);
    }

    private static Value take(Value container, int first, int step, int count, Execution execution) {
        if (container instanceof Text text) {
            if (step == 1) {
                return count == 0
                        ? Text.EMPTY.asMarkup(text.isMarkup())
                        : text.slice(text.offset(first), text.offset(first + count));
            }
            return stride(text, first, step, count, execution);
        }
        if (container instanceof RangeValue range) {
            long start = range.start() + first * range.step();
            long stride = range.step() * step;
            return new RangeValue(start, start + stride * count, stride, count);
        }
        List<Value> items = container instanceof ListValue list ? list.items() : ((TupleValue) container).items();
        List<Value> taken;
        if (step == 1) {
            taken = items.subList(first, first + count);
        } else {
            execution.spend(count);
            taken = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                taken.add(items.get(first + i * step));
            }
        }
        return container instanceof ListValue ? new ListValue(taken) : TupleValue.of(taken);
    }

    private static Text stride(Text text, int first, int step, int count, Execution execution) {
        TextBuilder out = new TextBuilder(execution, count);
        execution.spend(count);
        if (text.codePoints() == text.chars().length()) {
            for (int i = 0; i < count; i++) {
                int at = first + i * step;
                out.append(text, at, at + 1);
            }
        } else {
            int[] offsets = new int[text.codePoints() + 1];
            for (int i = 1; i < offsets.length; i++) {
                offsets[i] = text.chars().offsetByCodePoints(offsets[i - 1], 1);
            }
            for (int i = 0; i < count; i++) {
                int at = first + i * step;
                out.append(text, offsets[at], offsets[at + 1]);
            }
        }
        return out.toText().asMarkup(text.isMarkup());
    }

    private static final class CodePoints implements Iterator<Value> {
        private final Text text;
        private int at;

        CodePoints(Text text) {
            this.text = text;
        }

        @Override
        public boolean hasNext() {
            return at < text.chars().length();
        }

        @Override
        public Value next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            int from = at;
            at += Character.charCount(text.chars().codePointAt(from));
            return text.slice(from, at).asMarkup(false);
        }
    }

    private static final class Items implements Iterator<Value> {
        private final RangeValue range;
        private int at;

        Items(RangeValue range) {
            this.range = range;
        }

        @Override
        public boolean hasNext() {
            return at < range.length();
        }

        @Override
        public Value next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return range.get(at++);
        }
    }
}
