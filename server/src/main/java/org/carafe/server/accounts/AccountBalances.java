package org.carafe.server.accounts;

import org.jspecify.annotations.Nullable;

/**
 * An account with its money, all as of one moment.
 *
 * @param plan its plan; null: none
 * @param monthly null: it never had such an allowance
 * @param daily null: it never had such an allotment
 * @param spentMicros all that its requests have cost
 */
public record AccountBalances(
        Account account,
        @Nullable Plan plan,
        FundBalance prepaid,
        @Nullable FundBalance monthly,
        @Nullable FundBalance daily,
        long spentMicros) {
    /** The monthly allowance in force, its own or the plan's; null: none. */
    public @Nullable Long monthlyMicros() {
        Long own = account.settings().monthlyMicros();
        return own != null || plan == null ? own : plan.settings().monthlyMicros();
    }

    /** The daily allotment in force, its own or the plan's; null: none. */
    public @Nullable Long dailyMicros() {
        Long own = account.settings().dailyMicros();
        return own != null || plan == null ? own : plan.settings().dailyMicros();
    }

    /** The limits in force of all its keys together. */
    public Limits limits() {
        Limits own = account.settings().limits();
        return plan == null ? own : own.or(plan.settings().limits());
    }
}
