package org.carafe.models.template.jinja.library;

import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.carafe.models.template.TemplateRaisedException;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.Arguments;
import org.carafe.models.template.jinja.value.Callable;
import org.carafe.models.template.jinja.value.DictValue;
import org.carafe.models.template.jinja.value.Function;
import org.carafe.models.template.jinja.value.IntValue;
import org.carafe.models.template.jinja.value.Namespace;
import org.carafe.models.template.jinja.value.RangeValue;
import org.carafe.models.template.jinja.value.Repr;
import org.carafe.models.template.jinja.value.Sequences;
import org.carafe.models.template.jinja.value.Signature;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** The functions every template can call: Jinja2's own, and raise_exception and strftime_now, which transformers adds. */
public final class Globals {
    private static final Signature RAISE = Signature.of("raise_exception", "message");
    private static final Signature STRFTIME = Signature.of("strftime_now", "format");

    private static final Map<String, Value> FIXED = Map.of(
            "range", function("range", Globals::range),
            "dict", function("dict", (execution, arguments) -> dict(execution, "dict", arguments)),
            "namespace", function("namespace", Globals::namespace),
            "joiner", function("joiner", (execution, arguments) -> Joiner.create(arguments)),
            "cycler", function("cycler", (execution, arguments) -> new Cycler(arguments)),
            "lipsum",
                    function("lipsum", (execution, arguments) -> {
                        throw Errors.unsupported("lipsum is not supported");
                    }),
            "raise_exception", function("raise_exception", Globals::raise));

    private Globals() {}

    /** A function that is the same in every rendering, or null. */
    public static @Nullable Value find(String name) {
        return FIXED.get(name);
    }

    /** strftime_now for a rendering at this time; it shows it in UTC, whatever the machine's zone is. */
    public static Value strftimeNow(Instant now) {
        return function("strftime_now", (execution, arguments) -> {
            Text format = Bound.text(STRFTIME.bind(arguments)[0], "strftime() argument 1");
            return format.derived(Strftime.format(now, format.chars()));
        });
    }

    private static Function function(String name, Callable body) {
        return new Function(name, body);
    }

    private static Value raise(Execution execution, Arguments arguments) {
        Value message = Bound.required(RAISE.bind(arguments), 0);
        throw new TemplateRaisedException(Repr.str(message, execution).chars());
    }

    private static Value range(Execution execution, Arguments arguments) {
        if (!arguments.keywords().isEmpty()) {
            throw Errors.type("range() takes no keyword arguments");
        }
        List<Value> bounds = arguments.positional();
        if (bounds.isEmpty() || bounds.size() > 3) {
            throw Errors.type("range expected from 1 to 3 arguments, got " + bounds.size());
        }
        long first = bound(bounds.getFirst());
        return bounds.size() == 1
                ? RangeValue.of(0, first, 1)
                : RangeValue.of(first, bound(bounds.get(1)), bounds.size() == 3 ? bound(bounds.get(2)) : 1);
    }

    private static long bound(Value value) {
        if (value instanceof IntValue number && !number.isSmall()) {
            throw Errors.arithmetic("Python int too large to convert to C ssize_t");
        }
        return value instanceof IntValue number ? number.small() : Bound.integer(value, 0);
    }

    private static DictValue dict(Execution execution, String function, Arguments arguments) {
        if (arguments.positional().size() > 1) {
            throw Errors.type(function + " expected at most 1 argument, got "
                    + arguments.positional().size());
        }
        DictValue dict = new DictValue();
        if (!arguments.positional().isEmpty()) {
            if (arguments.positional().getFirst() instanceof DictValue other) {
                execution.spend(other.size());
                other.entries().forEach(entry -> dict.put(entry.key(), entry.value()));
            } else {
                pairs(execution, arguments.positional().getFirst(), dict);
            }
        }
        arguments.keywords().forEach((name, value) -> dict.put(Text.of(name), value));
        return dict;
    }

    private static void pairs(Execution execution, Value source, DictValue dict) {
        Iterator<Value> items = Sequences.iterate(source);
        for (int i = 0; items.hasNext(); i++) {
            execution.spend(1);
            Value item = items.next();
            if (Sequences.iterateOrNull(item) == null) {
                throw Errors.type("cannot convert dictionary update sequence element #" + i + " to a sequence");
            }
            List<Value> pair = Sequences.toList(item, execution);
            if (pair.size() != 2) {
                throw Errors.value(
                        "dictionary update sequence element #" + i + " has length " + pair.size() + "; 2 is required");
            }
            dict.put(pair.get(0), pair.get(1));
        }
    }

    private static Value namespace(Execution execution, Arguments arguments) {
        Namespace namespace = new Namespace();
        for (DictValue.Entry entry : dict(execution, "dict", arguments).entries()) {
            if (entry.key() instanceof Text name) {
                namespace.set(name, entry.value());
            }
        }
        return namespace;
    }
}
