package org.carafe.server.cli.options;

import java.time.InstantSource;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.ledger.RowIds;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.store.MasterKeyCheck;
import org.carafe.server.secret.MasterKey;

/** A ledger that a command works on by itself, whether or not a server runs on it. */
public final class OpenLedger implements AutoCloseable {
    private final Database database;
    private final AdminActs acts;

    private OpenLedger(Database database, AdminActs acts) {
        this.database = database;
        this.acts = acts;
    }

    /** Opens the one that options name; makes it where there is none. Another master key than that of its first start is refused. */
    public static OpenLedger of(DataOptions options) {
        Database database = Database.open(options.database());
        try {
            MasterKey masterKey = options.masterKey();
            MasterKeyCheck.verify(database, masterKey);
            AdminActs acts = AdminActs.of(database, new RowIds(database), masterKey, InstantSource.system(), () -> {});
            return new OpenLedger(database, acts);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    public Database database() {
        return database;
    }

    public AdminActs acts() {
        return acts;
    }

    @Override
    public void close() {
        database.close();
    }
}
