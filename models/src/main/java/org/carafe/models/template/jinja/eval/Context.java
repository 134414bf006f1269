package org.carafe.models.template.jinja.eval;

import java.util.HashMap;
import java.util.Map;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.library.Globals;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/**
 * What names mean that no scope of the template binds.
 *
 * @param exported top-level variables, kept for blocks only, which see nothing else of the template
 * @param variables what the caller passes
 */
record Context(Map<String, Value> exported, Map<String, Value> variables, Execution execution) {
    Context(Map<String, Value> variables, Execution execution) {
        this(new HashMap<>(), variables, execution);
    }

    @Nullable
    Value resolve(String name) {
        Value value = exported.get(name);
        if (value == null) {
            value = variables.get(name);
        }
        return value == null ? Globals.find(name) : value;
    }

    /** A context for a scoped block, which sees the variables around it. */
    Context with(Map<String, Value> locals) {
        Map<String, Value> all = new HashMap<>(exported);
        all.putAll(locals);
        return new Context(all, variables, execution);
    }
}
