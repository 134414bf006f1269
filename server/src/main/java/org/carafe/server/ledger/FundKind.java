package org.carafe.server.ledger;

import java.util.Locale;

/** What a fund holds credits for. */
public enum FundKind {
    /** Of the house: where credits come from. Its balance is never positive. */
    ISSUED,
    /** Of the house: what charges brought. */
    EARNED,
    /** Paid in advance; stays until it is used. */
    PREPAID,
    /** A month's allowance; what is left lapses with the month. */
    MONTHLY,
    /** A day's allotment; what is left lapses with the day. */
    DAILY;

    /** In the database. */
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }
}
