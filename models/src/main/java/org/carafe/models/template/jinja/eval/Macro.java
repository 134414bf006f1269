package org.carafe.models.template.jinja.eval;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.Arguments;
import org.carafe.models.template.jinja.value.BoolValue;
import org.carafe.models.template.jinja.value.Callable;
import org.carafe.models.template.jinja.value.DictValue;
import org.carafe.models.template.jinja.value.NoneValue;
import org.carafe.models.template.jinja.value.ObjectValue;
import org.carafe.models.template.jinja.value.Repr;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.TextBuilder;
import org.carafe.models.template.jinja.value.TupleValue;
import org.carafe.models.template.jinja.value.Undefined;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** A macro, or the caller of a call block, with the variables around its definition. */
final class Macro extends ObjectValue implements Callable {
    private final MacroCode code;
    private final Activation defining;

    Macro(MacroCode code, Activation defining) {
        this.code = code;
        this.defining = defining;
    }

    @Override
    public Value call(Execution execution, Arguments arguments) {
        Activation activation = new Activation(code.function(), defining, defining.context, new TextBuilder(execution));
        execution.enter(code.depth());
        bind(activation, arguments);
        code.entry().enter(activation);
        fillDefaults(activation);
        code.body().run(activation);
        execution.leave(code.depth());
        return activation.out.toText();
    }

    private void bind(Activation activation, Arguments arguments) {
        List<Value> positional = arguments.positional();
        Map<String, Value> keywords =
                arguments.keywords().isEmpty() ? Map.of() : new LinkedHashMap<>(arguments.keywords());
        int count = code.parameters().size();
        for (int i = 0; i < count; i++) {
            Value value = i < positional.size()
                    ? positional.get(i)
                    : keywords.isEmpty()
                            ? null
                            : keywords.remove(code.parameters().get(i));
            activation.slots[code.slots().get(i)] = value;
        }
        if (code.callerSlot() >= 0) {
            Value caller = keywords.isEmpty() ? null : keywords.remove("caller");
            boolean given = caller != null && caller != NoneValue.NONE;
            activation.slots[code.callerSlot()] = given ? caller : Undefined.of("No caller defined");
        }
        if (code.keywordsSlot() >= 0) {
            DictValue rest = new DictValue(keywords.size());
            keywords.forEach((name, value) -> rest.put(Text.of(name), value));
            activation.slots[code.keywordsSlot()] = rest;
        } else if (!keywords.isEmpty()) {
            throw unexpected(keywords);
        }
        if (code.positionalSlot() >= 0) {
            boolean more = positional.size() > count;
            activation.slots[code.positionalSlot()] =
                    more ? TupleValue.of(positional.subList(count, positional.size())) : TupleValue.EMPTY;
        } else if (positional.size() > count) {
            throw Errors.type("macro " + shownName() + " takes not more than " + count + " argument(s)");
        }
    }

    private RuntimeException unexpected(Map<String, Value> keywords) {
        if (keywords.containsKey("caller")) {
            return Errors.type("macro " + shownName()
                    + " was invoked with two values for the special caller argument. This is most likely a bug.");
        }
        String first = keywords.keySet().iterator().next();
        return Errors.type("macro " + shownName() + " takes no keyword argument " + Repr.quote(first));
    }

    private void fillDefaults(Activation activation) {
        int count = code.parameters().size();
        for (int i = 0; i < count; i++) {
            int slot = code.slots().get(i);
            if (activation.slots[slot] == null) {
                int index = i - count + code.defaults().size();
                activation.slots[slot] = index >= 0
                        ? code.defaults().get(index).run(activation)
                        : notProvided(code.parameters().get(i));
            }
        }
    }

    private static Undefined notProvided(String parameter) {
        return Undefined.of("parameter " + Repr.quote(parameter) + " was not provided");
    }

    private String shownName() {
        return code.name() == null ? "None" : Repr.quote(code.name());
    }

    @Override
    public @Nullable Value attribute(String attribute) {
        return switch (attribute) {
            case "name" -> code.name() == null ? NoneValue.NONE : Text.of(code.name());
            case "arguments" ->
                TupleValue.of(code.parameters().stream()
                        .map(parameter -> (Value) Text.of(parameter))
                        .toList());
            case "catch_kwargs" -> BoolValue.of(code.keywordsSlot() >= 0);
            case "catch_varargs" -> BoolValue.of(code.positionalSlot() >= 0);
            case "caller" -> BoolValue.of(code.callerSlot() >= 0);
            default -> null;
        };
    }

    @Override
    public String typeName() {
        return "Macro";
    }

    @Override
    public String qualifiedTypeName() {
        return "jinja2.runtime.Macro";
    }

    @Override
    public String describe() {
        return code.name() == null ? "<Macro anonymous>" : "<Macro " + Repr.quote(code.name()) + ">";
    }
}
