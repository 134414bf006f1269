package org.carafe.models.template.jinja.library;

import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.Arguments;
import org.carafe.models.template.jinja.value.Value;

/** A filter or a test: a function whose first argument stands in front of it. */
@FunctionalInterface
public interface Filter {
    Value apply(Execution execution, Value subject, Arguments arguments);
}
