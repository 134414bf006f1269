package org.carafe.server.accounts;

import org.jspecify.annotations.Nullable;

/**
 * What accounts of a plan have unless they say otherwise; null: none.
 *
 * @param monthlyMicros allowance of a calendar month (UTC), in micro-credits
 * @param dailyMicros allotment of a day (UTC), in micro-credits
 * @param limits of all keys of one account together
 */
public record PlanSettings(
        @Nullable Long monthlyMicros, @Nullable Long dailyMicros, Limits limits) {
    /** Of a plan about which nothing was said. */
    public static final PlanSettings DEFAULTS = new PlanSettings(null, null, Limits.NONE);
}
