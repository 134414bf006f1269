package org.carafe.server.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.carafe.server.limits.Grants.key;
import static org.carafe.server.limits.Grants.limits;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.carafe.server.accounts.Limits;
import org.carafe.server.auth.KeyGrant;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.ledger.TestPostgres;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits of all servers on one PostgreSQL. */
final class DatabaseLimitsTest extends MinuteLimitsContract {
    @TempDir
    private static Path data;

    private static Database database;

    @BeforeAll
    static void openDatabase() {
        database = Database.open(new DatabaseSettings(data, TestPostgres.freshDatabase()));
    }

    @AfterAll
    static void closeDatabase() {
        database.close();
    }

    @Override
    Buckets open(SetClock clock) {
        // With connections of its own, as another server has.
        return new DatabaseBuckets(database, clock);
    }

    @Test
    void rowsOfIdleKeysAreDeleted() {
        try (MinuteLimits limits = new BucketLimits(new DatabaseBuckets(database, clock))) {
            for (int i = 0; i < 20; i++) {
                limits.take(key(limits(60L, null), Limits.NONE), 1);
            }
            assertThat(rows()).isGreaterThanOrEqualTo(20);

            // Rows go by the system's clock, which no test waits for.
            database.write(handle ->
                    handle.createUpdate("update bucket set expires_at = 1").execute());
            clock.pass(Duration.ofMinutes(1));
            limits.take(key(limits(60L, null), Limits.NONE), 1);

            assertThat(rows()).isOne();
        }
    }

    @Test
    void aTableThatCannotBeReachedLetsNobodyInUntilItIsBack() {
        KeyGrant grant = key(limits(5L, 100L), Limits.NONE);
        try (MinuteLimits limits = new BucketLimits(new DatabaseBuckets(database, clock))) {
            Taken taken = limits.take(grant, 10);
            rename("bucket", "elsewhere");
            try {
                for (ThrowingCallable asking : List.<ThrowingCallable>of(
                        () -> limits.take(grant, 10), () -> limits.tokensLeft(grant), () -> limits.headers(grant))) {
                    ApiException refused = catchThrowableOfType(ApiException.class, asking);
                    assertThat(refused.kind()).isEqualTo(ErrorKind.LEDGER_UNAVAILABLE);
                }
                // The request has run: that its tokens cannot go back is no error of its own.
                taken.settle(1);
            } finally {
                rename("elsewhere", "bucket");
            }
            limits.take(grant, 90);
            assertThat(limits.tokensLeft(grant)).isZero();
        }
    }

    private static void rename(String from, String to) {
        database.write(handle -> handle.execute("alter table " + from + " rename to " + to));
    }

    private static long rows() {
        return database.read(handle -> handle.createQuery("select count(*) from bucket")
                .mapTo(Long.class)
                .one());
    }
}
