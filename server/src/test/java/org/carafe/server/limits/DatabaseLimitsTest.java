package org.carafe.server.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carafe.server.limits.Grants.key;
import static org.carafe.server.limits.Grants.limits;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.carafe.server.accounts.Limits;
import org.carafe.server.ledger.TestPostgres;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits of all servers on one PostgreSQL. */
final class DatabaseLimitsTest extends MinuteLimitsContract {
    private static final String URL = TestPostgres.freshDatabase();

    private final List<Database> databases = new ArrayList<>();

    @TempDir
    private Path data;

    private Database database() {
        Database database = Database.open(new DatabaseSettings(data, URL));
        databases.add(database);
        return database;
    }

    @Override
    Buckets open(SetClock clock) {
        return new DatabaseBuckets(database(), clock);
    }

    @AfterEach
    void closeDatabases() {
        databases.forEach(Database::close);
    }

    @Test
    void rowsOfIdleKeysAreDeleted() {
        Database database = database();
        try (MinuteLimits limits = new BucketLimits(new DatabaseBuckets(database, clock))) {
            for (int i = 0; i < 20; i++) {
                limits.take(key(limits(60L, null), Limits.NONE), 1);
            }
            assertThat(rows(database)).isGreaterThanOrEqualTo(20);

            // Rows go by the system's clock, which no test waits for.
            database.write(handle ->
                    handle.createUpdate("update bucket set expires_at = 1").execute());
            clock.pass(Duration.ofMinutes(1));
            limits.take(key(limits(60L, null), Limits.NONE), 1);

            assertThat(rows(database)).isOne();
        }
    }

    private static long rows(Database database) {
        return database.read(handle -> handle.createQuery("select count(*) from bucket")
                .mapTo(Long.class)
                .one());
    }
}
