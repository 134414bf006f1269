package org.carafe.server.ledger;

/** How a hold ends. */
public enum Ending {
    /** By its server, with what was used. */
    POSTED(1),
    /** Nothing was used: no charge, and it counts nowhere. */
    VOIDED(2),
    /** Its server died, or forgot it: charged for what was delivered as of the last note. */
    EXPIRED(3);

    private final int status;

    Ending(int status) {
        this.status = status;
    }

    /** In the database; 0 is open. */
    public int status() {
        return status;
    }
}
