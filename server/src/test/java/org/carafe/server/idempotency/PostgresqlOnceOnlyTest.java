package org.carafe.server.idempotency;

import java.nio.file.Path;
import java.util.List;
import org.carafe.server.ledger.TestPostgres;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that share a database claim against each other. */
final class PostgresqlOnceOnlyTest extends OnceOnlyContract {
    @TempDir
    Path data;

    private final String url = TestPostgres.freshDatabase();

    @Override
    DatabaseSettings settings() {
        return new DatabaseSettings(data, url);
    }

    @Override
    List<OnceOnly> others() {
        return List.of(once, process(opened(Database.open(settings()))), process(opened(Database.open(settings()))));
    }
}
