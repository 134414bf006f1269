package org.carafe.server.ledger;

import java.nio.file.Path;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.ledger.db.Dialect;

/** An empty database of either kind, for tests that hold on both. */
public final class FreshDatabase {
    private FreshDatabase() {}

    /** In a directory, or on the PostgreSQL of this JVM's tests. */
    public static DatabaseSettings of(Dialect dialect, Path data) {
        return switch (dialect) {
            case SQLITE -> DatabaseSettings.sqlite(data);
            case POSTGRESQL -> new DatabaseSettings(data, TestPostgres.freshDatabase());
        };
    }
}
