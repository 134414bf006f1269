package org.carafe.models.template.jinja.value;

/** None. */
public enum NoneValue implements Value {
    NONE;

    @Override
    public String typeName() {
        return "NoneType";
    }

    @Override
    public boolean truth() {
        return false;
    }
}
