package org.carafe.models.template.jinja.eval;

import org.carafe.models.template.jinja.value.Value;

/** A compiled expression. */
@FunctionalInterface
interface Code {
    Value run(Activation activation);
}
