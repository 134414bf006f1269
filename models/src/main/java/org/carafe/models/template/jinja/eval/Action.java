package org.carafe.models.template.jinja.eval;

import java.util.List;

/** A compiled statement. */
@FunctionalInterface
interface Action {
    /** How a statement ended: the innermost loop acts on what is not NORMAL. */
    enum Flow {
        NORMAL,
        BREAK,
        CONTINUE
    }

    Flow run(Activation activation);

    Action NOTHING = activation -> Flow.NORMAL;

    static Action sequence(List<Action> actions) {
        if (actions.size() == 1) {
            return actions.getFirst();
        }
        Action[] all = actions.toArray(Action[]::new);
        return activation -> {
            for (Action action : all) {
                Flow flow = action.run(activation);
                if (flow != Flow.NORMAL) {
                    return flow;
                }
            }
            return Flow.NORMAL;
        };
    }
}
