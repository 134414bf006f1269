package org.carafe.models.template.jinja.library;

import java.util.Objects;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.value.Arithmetic;
import org.carafe.models.template.jinja.value.BoolValue;
import org.carafe.models.template.jinja.value.IntValue;
import org.carafe.models.template.jinja.value.NoneValue;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.Undefined;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** Reads bound arguments: with the defaults of those left out, and TypeErrors for wrong types. */
final class Bound {
    private Bound() {}

    /** An argument the signature requires. */
    static Value required(@Nullable Value[] arguments, int index) {
        return Objects.requireNonNull(arguments[index]);
    }

    static Value or(@Nullable Value argument, Value absent) {
        return argument == null ? absent : argument;
    }

    /** Null where the argument is None or was left out. */
    static @Nullable Value orNull(@Nullable Value argument) {
        return argument == NoneValue.NONE ? null : argument;
    }

    static Text text(@Nullable Value argument, String what) {
        if (argument instanceof Text text) {
            return text;
        }
        if (argument instanceof Undefined undefined) {
            throw undefined.error();
        }
        throw Errors.type(what + " must be str, not " + (argument == null ? "NoneType" : argument.typeName()));
    }

    /** An int argument, clamped to the range of Java's. */
    static int integer(@Nullable Value argument, int absent) {
        return switch (argument) {
            case null -> absent;
            case IntValue number -> number.clamped();
            case BoolValue bool -> bool.asInt().clamped();
            case Undefined undefined -> throw undefined.error();
            default -> throw Errors.type("'" + argument.typeName() + "' object cannot be interpreted as an integer");
        };
    }

    static boolean truth(@Nullable Value argument) {
        return argument != null && argument.truth();
    }

    static double number(Value argument) {
        if (argument instanceof Undefined undefined) {
            throw undefined.error();
        }
        return Arithmetic.toDouble(argument);
    }
}
