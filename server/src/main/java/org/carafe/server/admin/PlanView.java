package org.carafe.server.admin;

import java.math.BigDecimal;
import java.time.Instant;
import org.carafe.server.accounts.Limits;
import org.carafe.server.accounts.Plan;
import org.jspecify.annotations.Nullable;

/** A plan as answers show it; amounts are credits. */
public record PlanView(
        String name,
        @Nullable BigDecimal monthlyCredits,
        @Nullable BigDecimal dailyCredits,
        Limits limits,
        Instant createdAt) {
    static PlanView of(Plan plan) {
        return new PlanView(
                plan.name(),
                Amounts.orNull(plan.settings().monthlyMicros()),
                Amounts.orNull(plan.settings().dailyMicros()),
                plan.settings().limits(),
                plan.createdAt());
    }
}
