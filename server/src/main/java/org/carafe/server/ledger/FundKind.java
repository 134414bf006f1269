package org.carafe.server.ledger;

import org.carafe.server.accounts.Worded;

/** What a fund holds credits for. */
public enum FundKind implements Worded {
    /** Of the house: where credits come from. Its balance is never positive. */
    ISSUED,
    /** Of the house: what charges brought. */
    EARNED,
    /** Paid in advance; stays until it is used. */
    PREPAID,
    /** A month's allowance; what is left lapses with the month. */
    MONTHLY,
    /** A day's allotment; what is left lapses with the day. */
    DAILY
}
