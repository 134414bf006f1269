package org.carafe.server.ledger;

import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.LedgerUnavailableException;

/** Ids of requests and transactions: the process's number, then a count. Rising inside a process, and no two processes meet. Thread-safe. */
public final class RowIds {
    /** With the bits of {@link Database#PROCESSES_MAX} all that a positive long has. */
    private static final int COUNT_BITS = 36;

    /** Rows of one process: 2,000 a second for a year. */
    static final long ROWS_MAX = (1L << COUNT_BITS) - 1;

    private final Database database;

    public RowIds(Database database) {
        this.database = database;
    }

    /** Before a transaction that makes rows: the process has its number then. */
    public void prepare() {
        database.processNumber();
    }

    /**
     * A new one.
     *
     * @throws LedgerUnavailableException this process, or this ledger, has made all that there are
     */
    public long next() {
        return of(database.processNumber(), database.nextRow());
    }

    /** A process's id with that count. */
    public static long of(long process, long row) {
        if (row > ROWS_MAX) {
            throw new LedgerUnavailableException("this server has made " + ROWS_MAX
                    + " rows in the ledger, the most that one process makes; it has to be started again");
        }
        return process << COUNT_BITS | row;
    }

    /** The number of the process that made an id. */
    static long processOf(long id) {
        return id >>> COUNT_BITS;
    }
}
