package org.carafe.models.template.jinja.value;

import org.carafe.models.template.jinja.Execution;

/** A built-in function or a bound method. */
public final class Function extends ObjectValue implements Callable {
    private final String name;
    private final Callable body;

    public Function(String name, Callable body) {
        this.name = name;
        this.body = body;
    }

    @Override
    public Value call(Execution execution, Arguments arguments) {
        return body.call(execution, arguments);
    }

    @Override
    public String typeName() {
        return "builtin_function_or_method";
    }

    @Override
    public String describe() {
        return "<built-in function " + name + ">";
    }
}
