package org.carafe.models.template.jinja.value;

import org.carafe.models.template.TemplateException;
import org.carafe.models.template.TemplateException.Kind;
import org.carafe.models.template.jinja.Errors;
import org.jspecify.annotations.Nullable;

/**
 * What a missing variable, key or attribute evaluates to: it prints as nothing, is false and empty, and any other use of it
 * is an error that says what was missing.
 *
 * @param hint the message, where it is not made from the other two
 * @param owner the value that lacks the attribute; null for a variable
 * @param name the variable, attribute or key
 * @param kind the error it raises when used
 */
public record Undefined(
        @Nullable String hint,
        @Nullable Value owner,
        @Nullable Value name,
        Kind kind) implements Value {
    public static Undefined variable(String name) {
        return new Undefined(null, null, Text.of(name), Kind.UNDEFINED);
    }

    public static Undefined of(String hint) {
        return new Undefined(hint, null, null, Kind.UNDEFINED);
    }

    public static Undefined missing(Value owner, Value name) {
        return new Undefined(null, owner, name, Kind.UNDEFINED);
    }

    /** An attribute the sandbox hides. */
    public static Undefined unsafe(Value owner, String name) {
        String hint = "access to attribute " + Repr.quote(name) + " of '" + owner.typeName() + "' object is unsafe.";
        return new Undefined(hint, owner, Text.of(name), Kind.SECURITY);
    }

    /** The error that using this value is. */
    public TemplateException error() {
        return Errors.of(kind, message());
    }

    private String message() {
        if (hint != null) {
            return hint;
        }
        if (name == null) {
            return "value is undefined";
        }
        String nameText = Repr.brief(name);
        if (owner == null) {
            return nameText + " is undefined";
        }
        String type = owner == NoneValue.NONE ? "None" : qualifiedType(owner) + " object";
        return name instanceof Text
                ? "'" + type + "' has no attribute " + nameText
                : type + " has no element " + nameText;
    }

    private static String qualifiedType(Value value) {
        return switch (value) {
            case Undefined undefined -> "jinja2.runtime.Undefined";
            case ObjectValue object -> object.qualifiedTypeName();
            case Text text when text.isMarkup() -> "markupsafe.Markup";
            default -> value.typeName();
        };
    }

    @Override
    public String typeName() {
        return "Undefined";
    }

    @Override
    public boolean truth() {
        return false;
    }

    static void refuse(Value value) {
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
    }
}
