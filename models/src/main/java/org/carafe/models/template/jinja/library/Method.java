package org.carafe.models.template.jinja.library;

import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.Arguments;
import org.carafe.models.template.jinja.value.Signature;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** A method of a built-in type. */
public record Method<T extends Value>(Signature signature, Body<T> body) {
    /** What it does; arguments that were left out are null. */
    @FunctionalInterface
    public interface Body<T extends Value> {
        Value call(Execution execution, T self, @Nullable Value[] arguments);
    }

    public Value invoke(Execution execution, T self, Arguments arguments) {
        return body.call(execution, self, signature.bind(arguments));
    }
}
