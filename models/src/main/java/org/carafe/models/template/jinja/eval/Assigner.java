package org.carafe.models.template.jinja.eval;

import org.carafe.models.template.jinja.value.Value;

/** Stores a value in a compiled target. */
@FunctionalInterface
interface Assigner {
    void assign(Activation activation, Value value);
}
