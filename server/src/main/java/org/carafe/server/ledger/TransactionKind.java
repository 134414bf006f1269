package org.carafe.server.ledger;

import org.carafe.server.accounts.Worded;

/** Why credits moved. */
public enum TransactionKind implements Worded {
    /** A request was used; its id is the request's. */
    CHARGE,
    /** An administrator added prepaid credits. */
    TOP_UP,
    /** An administrator corrected a balance, up or down. */
    ADJUSTMENT,
    /** A period began: its allowance. */
    GRANT,
    /** A period ended: what was left of its allowance. */
    LAPSE,
    /** Undoes another transaction. */
    REVERSAL
}
