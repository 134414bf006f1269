package org.carafe.server.ledger.store;

import java.time.InstantSource;
import java.util.function.Function;
import org.carafe.server.ledger.Postings;
import org.carafe.server.ledger.RowIds;
import org.carafe.server.ledger.db.Database;

/** The tables of a ledger, for the acts of administrators. Thread-safe. */
public final class Books {
    private final Database database;
    private final RowIds ids;
    private final Postings postings;

    /** @param ids those of the process: all who write share them */
    public Books(Database database, RowIds ids, InstantSource clock) {
        this.database = database;
        this.ids = ids;
        this.postings = new Postings(ids, database.dialect(), clock);
    }

    /** Reads. Each statement sees what is committed when it begins. */
    public <T> T read(Function<Tables, T> work) {
        return database.read(handle -> work.apply(new Tables(handle, postings)));
    }

    /**
     * Writes, all or nothing; returns once that is durable, and running servers look at their settings anew. Acts wait for each other, also
     * those of other processes: what an act has read stays so until it commits.
     */
    public <T> T write(Function<Tables, T> work) {
        return database.write(handle -> {
            handle.execute("update settings_version set version = version + 1 where id = 1");
            return work.apply(new Tables(handle, postings));
        });
    }

    /** The same, for acts that move credits. */
    public <T> T post(Function<Tables, T> work) {
        ids.prepare();
        return write(work);
    }
}
