package org.carafe.server.ledger;

import org.carafe.server.ledger.db.Database;

/** Ids of requests and transactions: the process's number, then a count. Rising inside a process, and no two processes meet. Thread-safe. */
public final class RowIds {
    private static final int COUNT_BITS = 40;

    private final Database database;

    public RowIds(Database database) {
        this.database = database;
    }

    /** A new one. */
    public long next() {
        return database.processNumber() << COUNT_BITS | database.nextRow();
    }

    /** The number of the process that made an id. */
    static long processOf(long id) {
        return id >>> COUNT_BITS;
    }
}
