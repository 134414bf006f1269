package org.carafe.models.template.jinja.value;

import org.carafe.models.template.jinja.Execution;

/** A value that can be called. */
public interface Callable {
    Value call(Execution execution, Arguments arguments);
}
