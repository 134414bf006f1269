package org.carafe.models.template.jinja.value;

/** A float: IEEE 754 double, as Python's. */
public record FloatValue(double value) implements Value {
    @Override
    public String typeName() {
        return "float";
    }

    @Override
    public boolean truth() {
        return value != 0;
    }
}
