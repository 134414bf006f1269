package org.carafe.models.template.jinja.eval;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Position;
import org.carafe.models.template.jinja.syntax.Target;
import org.carafe.models.template.jinja.value.Namespace;
import org.carafe.models.template.jinja.value.Sequences;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.Value;

/** Compiles targets. */
final class Assignments {
    private Assignments() {}

    static Assigner compile(Target target, Scope scope) {
        return switch (target) {
            case Target.Variable variable -> {
                int slot = slot(variable.name(), scope);
                yield (activation, value) -> activation.slots[slot] = value;
            }
            case Target.Attribute attribute -> {
                Symbols.Reference reference = reference(attribute.namespace(), scope);
                Text name = Text.of(attribute.name());
                yield (activation, value) -> namespace(reference, activation).set(name, value);
            }
            case Target.Unpack unpack -> unpack(unpack, scope);
        };
    }

    /** What a set checks before it evaluates anything: that each attribute it assigns is a namespace's. */
    static List<Action> checks(Target target, Scope scope) {
        List<Action> checks = new ArrayList<>();
        switch (target) {
            case Target.Variable variable -> {}
            case Target.Attribute attribute -> {
                Symbols.Reference reference = reference(attribute.namespace(), scope);
                Position at = attribute.at();
                checks.add(activation -> {
                    activation.execution.at(at);
                    namespace(reference, activation);
                    return Action.Flow.NORMAL;
                });
            }
            case Target.Unpack unpack -> unpack.targets().forEach(inner -> checks.addAll(checks(inner, scope)));
        }
        return checks;
    }

    private static Namespace namespace(Symbols.Reference reference, Activation activation) {
        Value found = activation.outer(reference.hops()).slots[reference.slot()];
        if (found instanceof Namespace namespace) {
            return namespace;
        }
        throw Errors.runtime("cannot assign attribute on non-namespace object");
    }

    static int slot(String name, Scope scope) {
        Symbols.Reference reference = reference(name, scope);
        if (reference.hops() != 0) {
            throw new IllegalStateException("assignment to a variable of another function: " + name);
        }
        return reference.slot();
    }

    static Symbols.Reference reference(String name, Scope scope) {
        Symbols.Reference reference = scope.symbols().reference(name);
        if (reference == null) {
            throw new IllegalStateException("name was not analysed: " + name);
        }
        return reference;
    }

    private static Assigner unpack(Target.Unpack unpack, Scope scope) {
        Assigner[] targets =
                unpack.targets().stream().map(inner -> compile(inner, scope)).toArray(Assigner[]::new);
        Position at = unpack.at();
        return (activation, value) -> {
            activation.execution.at(at);
            Value[] items = items(value, targets.length);
            for (int i = 0; i < targets.length; i++) {
                targets[i].assign(activation, items[i]);
            }
        };
    }

    private static Value[] items(Value value, int count) {
        Iterator<Value> iterator = Sequences.iterateOrNull(value);
        if (iterator == null) {
            throw Errors.type("cannot unpack non-iterable " + value.typeName() + " object");
        }
        Value[] items = new Value[count];
        for (int i = 0; i < count; i++) {
            if (!iterator.hasNext()) {
                throw Errors.value("not enough values to unpack (expected " + count + ", got " + i + ")");
            }
            items[i] = iterator.next();
        }
        if (iterator.hasNext()) {
            throw Errors.value("too many values to unpack (expected " + count + ")");
        }
        return items;
    }
}
