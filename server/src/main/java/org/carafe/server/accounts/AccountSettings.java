package org.carafe.server.accounts;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All of an account that an administrator sets. Null: as the plan says, and where that says nothing, none.
 *
 * @param plan name of its plan; null: none
 * @param monthlyMicros allowance of a calendar month (UTC), in micro-credits
 * @param dailyMicros allotment of a day (UTC), in micro-credits
 * @param overdraftMicros how far the prepaid balance may go below zero
 * @param lowBalanceMicros the webhook about a low balance is sent below this; null: never
 * @param priorityMax the highest priority that its requests may ask for; lower numbers are served first
 * @param metadata free text by name, for the administrator's own use
 */
public record AccountSettings(
        @Nullable String plan,
        ErrorStyle errorStyle,
        @Nullable Long monthlyMicros,
        @Nullable Long dailyMicros,
        long overdraftMicros,
        Limits limits,
        @Nullable Long lowBalanceMicros,
        int priorityMax,
        Map<String, String> metadata) {
    /** Of an account about which nothing was said. */
    public static final AccountSettings DEFAULTS =
            new AccountSettings(null, ErrorStyle.OPENAI, null, null, 0, Limits.NONE, null, 0, Map.of());

    public AccountSettings {
        metadata = Map.copyOf(metadata);
    }
}
