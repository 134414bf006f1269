package org.carafe.server.admin;

import java.util.List;
import java.util.function.UnaryOperator;
import org.carafe.server.accounts.Plan;
import org.carafe.server.accounts.PlanSettings;

/** Acts on plans. */
public final class PlanActs {
    private final ActContext context;

    PlanActs(ActContext context) {
        this.context = context;
    }

    public PlanView create(String actor, String name, PlanSettings settings) {
        Check.name("a plan's name", name);
        check(settings);
        return context.write(tables -> {
            if (!tables.plans().add(name, settings, context.now())) {
                throw ActException.conflict("there is a plan " + Check.shown(name) + " already");
            }
            context.audit(tables, actor, "plans.create", name, AdminJson.details(settings));
            return PlanView.of(Find.plan(tables, name));
        });
    }

    /** Changes a plan for all its accounts: limits at once, allowances from their next period on. */
    public PlanView set(String actor, String name, UnaryOperator<PlanSettings> change) {
        return context.write(tables -> {
            Plan plan = Find.plan(tables, name);
            PlanSettings settings = change.apply(plan.settings());
            check(settings);
            tables.plans().set(plan.id(), settings);
            context.audit(tables, actor, "plans.set", name, AdminJson.details(settings));
            return PlanView.of(Find.plan(tables, name));
        });
    }

    public PlanView show(String name) {
        return context.read(tables -> PlanView.of(Find.plan(tables, name)));
    }

    /** Plans by name, after a name; "" is before all. */
    public List<PlanView> list(String after, int limit) {
        int rows = Check.rows(limit);
        return context.read(tables -> tables.plans().list(Find.from(after), rows).stream()
                .map(PlanView::of)
                .toList());
    }

    private static void check(PlanSettings settings) {
        Check.amount("monthly credits", settings.monthlyMicros());
        Check.amount("daily credits", settings.dailyMicros());
        Check.limits(settings.limits());
    }
}
