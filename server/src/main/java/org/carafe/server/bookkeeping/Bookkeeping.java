package org.carafe.server.bookkeeping;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.admission.Admission;
import org.carafe.server.admission.LedgerAdmission;
import org.carafe.server.admission.Refusals;
import org.carafe.server.auth.KeyRing;
import org.carafe.server.ledger.Ledger;
import org.carafe.server.ledger.LedgerListener;
import org.carafe.server.ledger.RowIds;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.store.AllowanceLookup;
import org.carafe.server.ledger.store.KeyLookup;
import org.carafe.server.ledger.store.MasterKeyCheck;
import org.carafe.server.limits.MinuteLimits;
import org.carafe.server.secret.MasterKey;

/** A server's ledger with all that goes with it. Thread-safe; closed once no request runs any more. */
public final class Bookkeeping implements AutoCloseable {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Database database;
    private final MasterKey masterKey;
    private final RowIds ids;
    private final KeyRing keys;
    private final Ledger ledger;
    private final Admission admission;
    private final AdminActs acts;

    private Bookkeeping(BookkeepingSettings settings, InstantSource clock, LedgerListener listener) {
        masterKey = settings.masterKey();
        try {
            database = closedLater(Database.open(settings.database()));
            MasterKeyCheck.verify(database, masterKey);
            ids = new RowIds(database);
            ledger = closedLater(Ledger.start(database, ids, clock, listener));
            keys = closedLater(new KeyRing(new KeyLookup(database), masterKey, clock, settings.door()));
            MinuteLimits limits = closedLater(settings.limits().open(database));
            acts = AdminActs.of(database, ids, masterKey, clock, keys::changed);
            admission =
                    new LedgerAdmission(ledger, limits, new AllowanceLookup(database, clock)::of, new Refusals(clock));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Opens it; the ledger is made where there is none.
     *
     * @throws org.carafe.server.ledger.db.LedgerUnavailableException one line for the user: the database
     * @throws IllegalArgumentException one line for the user: another master key, limits that nobody counts
     */
    public static Bookkeeping open(BookkeepingSettings settings, InstantSource clock, LedgerListener listener) {
        return new Bookkeeping(settings, clock, listener);
    }

    private <T extends AutoCloseable> T closedLater(T part) {
        open.push(part);
        return part;
    }

    /** The database, for stores. */
    public Database database() {
        return database;
    }

    /** What secrets are sealed with. */
    public MasterKey masterKey() {
        return masterKey;
    }

    /** Of all rows that this process makes. */
    public RowIds ids() {
        return ids;
    }

    /** Who may come in. */
    public KeyRing keys() {
        return keys;
    }

    /** Holds and charges. */
    public Ledger ledger() {
        return ledger;
    }

    /** What administrators do. */
    public AdminActs acts() {
        return acts;
    }

    /** Admits requests against credits and limits. */
    public Admission admission() {
        return admission;
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            AutoCloseable part = open.pop();
            try {
                part.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("closing the ledger failed", e);
            }
        }
    }
}
