package org.carafe.models.template.jinja.eval;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hands out the slots of one function: the template, a macro or call block, a recursive loop, a loop's filter. Each has
 * its own {@link Activation}; variables of the same name and level share a slot, as they share a Python variable in Jinja2.
 */
final class FunctionScope {
    private final @Nullable FunctionScope parent;
    private final Map<String, Integer> slots = new HashMap<>();

    FunctionScope(@Nullable FunctionScope parent) {
        this.parent = parent;
    }

    @Nullable
    FunctionScope parent() {
        return parent;
    }

    int slot(String ident) {
        Integer slot = slots.get(ident);
        if (slot == null) {
            slot = slots.size();
            slots.put(ident, slot);
        }
        return slot;
    }

    int size() {
        return slots.size();
    }
}
