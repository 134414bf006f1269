package org.carafe.models.template.jinja.value;

import java.util.Iterator;
import org.carafe.models.template.jinja.Errors;
import org.jspecify.annotations.Nullable;

/** A value with attributes and an identity of its own: namespaces, macros, the loop variable, bound methods, ... */
public abstract non-sealed class ObjectValue implements Value {
    /** The attribute, or null where it has none by that name. Names with a leading underscore never get here. */
    public @Nullable Value attribute(String name) {
        return null;
    }

    /** Python's {@code iter()}, or null where it has none. */
    public @Nullable Iterator<Value> iterator() {
        return null;
    }

    /** Python's {@code len()}. */
    public int length() {
        throw Errors.type("object of type '" + typeName() + "' has no len()");
    }

    /** With its module, as error messages name it. */
    public String qualifiedTypeName() {
        return typeName();
    }

    /** Python's {@code repr()}. */
    public String describe() {
        return "<" + typeName() + ">";
    }

    @Override
    public boolean truth() {
        return true;
    }
}
