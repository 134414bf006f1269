package org.carafe.models.template.jinja.value;

/** A Python value as a template sees it. All are immutable but {@link GeneratorValue} and the {@link ObjectValue}s. */
public sealed interface Value
        permits Text,
                NoneValue,
                BoolValue,
                IntValue,
                FloatValue,
                ListValue,
                TupleValue,
                DictValue,
                DictView,
                RangeValue,
                GeneratorValue,
                Undefined,
                ObjectValue {
    /** Python's {@code type(x).__name__}. */
    String typeName();

    /** Python's {@code bool(x)}. */
    boolean truth();
}
