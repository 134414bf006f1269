package org.carafe.models.template.jinja.eval;

import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.TextBuilder;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** The variables of one run of a template, macro or recursive loop. A null slot holds no value. */
final class Activation {
    final @Nullable Value[] slots;
    final @Nullable Activation enclosing;
    final Context context;
    final Execution execution;
    TextBuilder out;

    Activation(FunctionScope function, @Nullable Activation enclosing, Context context, TextBuilder out) {
        this.slots = new @Nullable Value[function.size()];
        this.enclosing = enclosing;
        this.context = context;
        this.execution = context.execution();
        this.out = out;
    }

    /** The activation so many functions further out. */
    Activation outer(int hops) {
        Activation found = this;
        for (int i = 0; i < hops; i++) {
            Activation next = found.enclosing;
            if (next == null) {
                throw new IllegalStateException("variable of a function that is not active");
            }
            found = next;
        }
        return found;
    }
}
