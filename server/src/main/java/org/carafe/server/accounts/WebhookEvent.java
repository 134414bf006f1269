package org.carafe.server.accounts;

/** What webhooks tell. */
public enum WebhookEvent implements Worded {
    /** An account's balance fell below its {@code low_balance}. */
    LOW_BALANCE,
    /** A key's budget is spent, or no longer pays for what it asks. */
    BUDGET_REACHED,
    /** A key ends within days. */
    KEY_EXPIRING
}
