package org.carafe.server.accounts;

/** What the rows of a usage report are sums over. */
public enum UsageBy implements Worded {
    /** UTC days, oldest first. */
    DAY,
    /** Models, most expensive first. */
    MODEL,
    /** Keys, most expensive first. */
    KEY,
    /** Accounts, most expensive first. */
    ACCOUNT
}
