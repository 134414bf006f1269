package org.carafe.models.template.jinja.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** What happens when a scope is entered and left: its variables get their first values, and lose their last. */
final class Entry {
    private final Step[] steps;
    private final int[] slots;

    private record Step(int slot, @Nullable String resolve, Symbols.@Nullable Reference alias) {}

    private Entry(List<Step> steps, int[] slots) {
        this.steps = steps.toArray(Step[]::new);
        this.slots = slots;
    }

    /** Of a scope that has been analysed completely. */
    static Entry of(Symbols symbols) {
        List<Step> steps = new ArrayList<>();
        List<Integer> slots = new ArrayList<>();
        for (Map.Entry<String, Symbols.Load> load : symbols.loads().entrySet()) {
            int slot = symbols.slot(load.getKey());
            slots.add(slot);
            switch (load.getValue()) {
                case Symbols.Load.Parameter parameter -> {}
                case Symbols.Load.Missing missing -> steps.add(new Step(slot, null, null));
                case Symbols.Load.Resolve resolve -> steps.add(new Step(slot, resolve.name(), null));
                case Symbols.Load.Alias alias -> steps.add(new Step(slot, null, symbols.outerReference(alias.name())));
            }
        }
        return new Entry(steps, slots.stream().mapToInt(Integer::intValue).toArray());
    }

    void enter(Activation activation) {
        for (Step step : steps) {
            activation.slots[step.slot] = value(step, activation);
        }
    }

    private static @Nullable Value value(Step step, Activation activation) {
        if (step.resolve != null) {
            return activation.context.resolve(step.resolve);
        }
        Symbols.Reference alias = step.alias;
        return alias == null ? null : activation.outer(alias.hops()).slots[alias.slot()];
    }

    void leave(Activation activation) {
        for (int slot : slots) {
            activation.slots[slot] = null;
        }
    }
}
