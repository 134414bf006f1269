package org.carafe.models.template.jinja.eval;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.Arguments;
import org.carafe.models.template.jinja.value.BoolValue;
import org.carafe.models.template.jinja.value.Callable;
import org.carafe.models.template.jinja.value.Comparison;
import org.carafe.models.template.jinja.value.Function;
import org.carafe.models.template.jinja.value.IntValue;
import org.carafe.models.template.jinja.value.ObjectValue;
import org.carafe.models.template.jinja.value.Sequences;
import org.carafe.models.template.jinja.value.Signature;
import org.carafe.models.template.jinja.value.TupleValue;
import org.carafe.models.template.jinja.value.Undefined;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** The {@code loop} variable. Reads one item ahead when asked for the last or next one, and all when asked for the length. */
final class LoopContext extends ObjectValue implements Callable {
    private static final Signature RECURSE = Signature.of("loop", "iterable");

    /** Renders the body of a recursive loop for the items below. */
    interface Recursion {
        Value render(Value iterable, int depth);
    }

    private final Value iterable;
    private final @Nullable Recursion recursion;
    private final Execution execution;
    private final int depth0;
    private Iterator<Value> items;
    private int index0 = -1;
    private int length = -1;
    private @Nullable Value after;
    private @Nullable Value current;
    private @Nullable Value before;
    private @Nullable Value lastChanged;

    LoopContext(Value iterable, Iterator<Value> items, @Nullable Recursion recursion, int depth0, Execution execution) {
        this.iterable = iterable;
        this.items = items;
        this.recursion = recursion;
        this.depth0 = depth0;
        this.execution = execution;
    }

    /** The next item, or null at the end. */
    @Nullable
    Value advance() {
        Value next = peek();
        if (next != null) {
            after = null;
            index0++;
            before = current;
            current = next;
        }
        return next;
    }

    private @Nullable Value peek() {
        if (after == null && items.hasNext()) {
            after = items.next();
        }
        return after;
    }

    /** What is left of the loop, each item with the loop: whoever reads it takes it from the loop. */
    @Override
    public Iterator<Value> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return peek() != null;
            }

            @Override
            public Value next() {
                Value item = advance();
                if (item == null) {
                    throw new NoSuchElementException();
                }
                return TupleValue.of(item, LoopContext.this);
            }
        };
    }

    @Override
    public int length() {
        if (length < 0) {
            if (Sequences.hasLength(iterable)) {
                length = Sequences.length(iterable);
            } else {
                List<Value> rest = new ArrayList<>();
                while (items.hasNext()) {
                    execution.spend(1);
                    rest.add(items.next());
                }
                items = rest.iterator();
                length = rest.size() + index0 + 1 + (after == null ? 0 : 1);
            }
        }
        return length;
    }

    @Override
    public @Nullable Value attribute(String name) {
        return switch (name) {
            case "index" -> IntValue.of(index0 + 1L);
            case "index0" -> IntValue.of(index0);
            case "revindex" -> IntValue.of((long) length() - index0);
            case "revindex0" -> IntValue.of((long) length() - index0 - 1);
            case "first" -> BoolValue.of(index0 == 0);
            case "last" -> BoolValue.of(peek() == null);
            case "length" -> IntValue.of(length());
            case "depth" -> IntValue.of(depth0 + 1L);
            case "depth0" -> IntValue.of(depth0);
            case "previtem" -> index0 == 0 || before == null ? Undefined.of("there is no previous item") : before;
            case "nextitem" -> {
                Value next = peek();
                yield next == null ? Undefined.of("there is no next item") : next;
            }
            case "cycle" -> new Function(name, this::cycle);
            case "changed" -> new Function(name, this::changed);
            default -> null;
        };
    }

    private Value cycle(Execution running, Arguments arguments) {
        List<Value> options = arguments.positional();
        if (options.isEmpty()) {
            throw Errors.type("no items for cycling given");
        }
        return options.get(index0 % options.size());
    }

    private Value changed(Execution running, Arguments arguments) {
        Value now = TupleValue.of(arguments.positional());
        Value last = lastChanged;
        if (last != null && Comparison.equal(last, now, running)) {
            return BoolValue.FALSE;
        }
        lastChanged = now;
        return BoolValue.TRUE;
    }

    @Override
    public Value call(Execution running, Arguments arguments) {
        Value inner = RECURSE.bind(arguments)[0];
        if (recursion == null || inner == null) {
            throw Errors.type("The loop must have the 'recursive' marker to be called recursively.");
        }
        return recursion.render(inner, depth0 + 1);
    }

    @Override
    public boolean truth() {
        return length() != 0;
    }

    @Override
    public String typeName() {
        return "LoopContext";
    }

    @Override
    public String qualifiedTypeName() {
        return "jinja2.runtime.LoopContext";
    }

    @Override
    public String describe() {
        return "<LoopContext " + (index0 + 1) + "/" + length() + ">";
    }
}
