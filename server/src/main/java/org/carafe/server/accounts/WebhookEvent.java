package org.carafe.server.accounts;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What webhooks tell. */
public enum WebhookEvent {
    /** An account's balance fell below its {@code low_balance}. */
    LOW_BALANCE,
    /** A key's budget is spent, or no longer pays for what it asks. */
    BUDGET_REACHED,
    /** A key ends within days. */
    KEY_EXPIRING;

    /** As it is written. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The event that a word names. */
    public static Optional<WebhookEvent> of(String word) {
        return Arrays.stream(values())
                .filter(event -> event.word().equals(word))
                .findFirst();
    }
}
