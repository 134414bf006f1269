package org.carafe.models.template.jinja.value;

/** True and False. In arithmetic and as dict keys they are the ints 1 and 0. */
public enum BoolValue implements Value {
    FALSE,
    TRUE;

    public static BoolValue of(boolean value) {
        return value ? TRUE : FALSE;
    }

    public IntValue asInt() {
        return this == TRUE ? IntValue.ONE : IntValue.ZERO;
    }

    @Override
    public String typeName() {
        return "bool";
    }

    @Override
    public boolean truth() {
        return this == TRUE;
    }
}
