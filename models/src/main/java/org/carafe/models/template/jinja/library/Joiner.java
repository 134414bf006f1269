package org.carafe.models.template.jinja.library;

import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.Arguments;
import org.carafe.models.template.jinja.value.BoolValue;
import org.carafe.models.template.jinja.value.Callable;
import org.carafe.models.template.jinja.value.ObjectValue;
import org.carafe.models.template.jinja.value.Signature;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** {@code joiner(sep)}: nothing at its first call, the separator at every later one. */
final class Joiner extends ObjectValue implements Callable {
    private static final Signature CREATE = Signature.of("joiner", "sep?");
    private static final Signature CALL = Signature.of("joiner");

    private final Value separator;
    private boolean used;

    private Joiner(Value separator) {
        this.separator = separator;
    }

    static Joiner create(Arguments arguments) {
        return new Joiner(Bound.or(CREATE.bind(arguments)[0], Text.of(", ")));
    }

    @Override
    public Value call(Execution execution, Arguments arguments) {
        CALL.bind(arguments);
        if (used) {
            return separator;
        }
        used = true;
        return Text.EMPTY;
    }

    @Override
    public @Nullable Value attribute(String name) {
        return switch (name) {
            case "sep" -> separator;
            case "used" -> BoolValue.of(used);
            default -> null;
        };
    }

    @Override
    public String typeName() {
        return "Joiner";
    }

    @Override
    public String qualifiedTypeName() {
        return "jinja2.utils.Joiner";
    }
}
