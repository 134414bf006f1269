package org.carafe.models.template.jinja.library;

import org.carafe.models.template.jinja.value.BoolValue;
import org.carafe.models.template.jinja.value.Callable;
import org.carafe.models.template.jinja.value.FloatValue;
import org.carafe.models.template.jinja.value.Function;
import org.carafe.models.template.jinja.value.IntValue;
import org.carafe.models.template.jinja.value.Signature;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** The attributes of numbers that are of use in a template. */
final class NumberAttributes {
    private NumberAttributes() {}

    static @Nullable Value of(IntValue number, String name) {
        return switch (name) {
            case "real", "numerator" -> number;
            case "imag" -> IntValue.ZERO;
            case "denominator" -> IntValue.ONE;
            case "bit_length" ->
                method(name, () -> IntValue.of(number.big().abs().bitLength()));
            case "bit_count" ->
                method(name, () -> IntValue.of(number.big().abs().bitCount()));
            case "conjugate" -> method(name, () -> number);
            default -> null;
        };
    }

    static @Nullable Value of(FloatValue number, String name) {
        double value = number.value();
        return switch (name) {
            case "real" -> number;
            case "imag" -> new FloatValue(0);
            case "is_integer" -> method(name, () -> BoolValue.of(Double.isFinite(value) && value == Math.rint(value)));
            case "conjugate" -> method(name, () -> number);
            default -> null;
        };
    }

    private static Value method(String name, java.util.function.Supplier<Value> body) {
        Signature signature = Signature.positional(name);
        Callable callable = (execution, arguments) -> {
            signature.bind(arguments);
            return body.get();
        };
        return new Function(name, callable);
    }
}
