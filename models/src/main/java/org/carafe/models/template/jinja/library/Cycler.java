package org.carafe.models.template.jinja.library;

import java.util.List;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.Arguments;
import org.carafe.models.template.jinja.value.Function;
import org.carafe.models.template.jinja.value.IntValue;
import org.carafe.models.template.jinja.value.NoneValue;
import org.carafe.models.template.jinja.value.ObjectValue;
import org.carafe.models.template.jinja.value.Signature;
import org.carafe.models.template.jinja.value.TupleValue;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** {@code cycler(a, b, ...)}: gives its items in turn, for ever. */
final class Cycler extends ObjectValue {
    private static final Signature NEXT = Signature.of("next");
    private static final Signature RESET = Signature.of("reset");

    private final List<Value> items;
    private int position;

    Cycler(Arguments arguments) {
        if (!arguments.keywords().isEmpty()) {
            throw Errors.type("Cycler.__init__() got an unexpected keyword argument");
        }
        if (arguments.positional().isEmpty()) {
            throw Errors.runtime("at least one item has to be provided");
        }
        this.items = arguments.positional();
    }

    @Override
    public @Nullable Value attribute(String name) {
        return switch (name) {
            case "next" -> new Function(name, this::next);
            case "reset" -> new Function(name, this::reset);
            case "current" -> items.get(position);
            case "items" -> TupleValue.of(items);
            case "pos" -> IntValue.of(position);
            default -> null;
        };
    }

    private Value next(Execution execution, Arguments arguments) {
        NEXT.bind(arguments);
        Value item = items.get(position);
        position = (position + 1) % items.size();
        return item;
    }

    private Value reset(Execution execution, Arguments arguments) {
        RESET.bind(arguments);
        position = 0;
        return NoneValue.NONE;
    }

    @Override
    public String typeName() {
        return "Cycler";
    }

    @Override
    public String qualifiedTypeName() {
        return "jinja2.utils.Cycler";
    }
}
