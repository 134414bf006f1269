package org.carafe.server.ledger.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicLong;
import org.carafe.server.ledger.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a server on PostgreSQL says of itself when its sessions break. */
final class ServerClaimTest {
    private final String url = TestPostgres.freshDatabase();
    private final Database database = Database.open(new DatabaseSettings(Path.of("none"), url));
    private final Database other = Database.open(new DatabaseSettings(Path.of("none"), url));

    @AfterEach
    void close() {
        other.close();
        database.close();
    }

    private final AtomicLong nowNanos = new AtomicLong();

    /** Of a server that looks every second for as long as it takes to know. */
    private boolean othersThinkItGone() {
        try (ServerClaim asking = new ServerClaim.OfDatabase(other, nowNanos::get)) {
            boolean gone = asking.isGone(database.processNumber());
            for (int second = 0; second < 4; second++) {
                nowNanos.addAndGet(1_000_000_000L);
                gone = asking.isGone(database.processNumber());
            }
            return gone;
        }
    }

    @Test
    void whoLostItsSessionAndIsBackWithinASecondOrTwoIsNotGone() {
        try (ServerClaim claim = ServerClaim.of(database);
                ServerClaim asking = new ServerClaim.OfDatabase(other, nowNanos::get)) {
            for (int cut = 0; cut < 5; cut++) {
                cut();
                for (int look = 0; look < 3; look++) {
                    assertThat(asking.isGone(database.processNumber())).isFalse();
                    assertThat(asking.isWatching()).isTrue();
                    nowNanos.addAndGet(900_000_000L);
                }
                claim.renew();
                assertThat(asking.isGone(database.processNumber())).isFalse();
                assertThat(asking.isWatching()).isFalse();
            }
        }
    }

    @Test
    void whoIsNotBackAfterThreeSecondsIsGone() {
        try (ServerClaim dead = ServerClaim.of(database);
                ServerClaim asking = new ServerClaim.OfDatabase(other, nowNanos::get)) {
            assertThat(dead.isWatching()).isFalse();
            cut();
            assertThat(asking.isGone(database.processNumber())).isFalse();
            nowNanos.addAndGet(ServerClaim.OfDatabase.ABSENCE_NANOS - 1);
            assertThat(asking.isGone(database.processNumber())).isFalse();
            nowNanos.addAndGet(1);
            assertThat(asking.isGone(database.processNumber())).isTrue();
            assertThat(asking.isWatching()).isFalse();
        }
    }

    @Test
    void twoLooksFarApartAreNotOneAbsence() {
        try (ServerClaim dead = ServerClaim.of(database);
                ServerClaim asking = new ServerClaim.OfDatabase(other, nowNanos::get)) {
            assertThat(dead.isWatching()).isFalse();
            cut();
            for (int look = 0; look < 5; look++) {
                assertThat(asking.isGone(database.processNumber())).isFalse();
                nowNanos.addAndGet(ServerClaim.OfDatabase.LOOKS_APART_NANOS_MAX + 1);
            }
        }
    }

    @Test
    void aClaimEndsWithItsSession() {
        ServerClaim claim = ServerClaim.of(database);
        assertThat(othersThinkItGone()).isFalse();
        cut();
        assertThat(othersThinkItGone()).isTrue();
        claim.renew();
        assertThat(othersThinkItGone()).isFalse();
        claim.close();
    }

    @Test
    void whoSaysGoodByeIsGoneAtOnce() {
        ServerClaim.of(database).close();
        try (ServerClaim asking = ServerClaim.of(other)) {
            assertThat(asking.isGone(database.processNumber())).isTrue();
            assertThat(asking.isWatching()).isFalse();
            try (ServerClaim again = ServerClaim.of(database)) {
                assertThat(asking.isGone(database.processNumber())).isFalse();
                cut();
                assertThat(asking.isGone(database.processNumber())).isFalse();
                again.renew();
            }
        }
    }

    /** Ends the session that holds the lock, as a failover or a firewall does. */
    private void cut() {
        String cut =
                "select count(pg_terminate_backend(pid)) from pg_locks where locktype = 'advisory' and classid = :space"
                        + " and objid = :process";
        assertThat(other.<Long>read(handle -> handle.createQuery(cut)
                        .bind("space", 0x43617266)
                        .bind("process", database.processNumber())
                        .mapTo(Long.class)
                        .one()))
                .isEqualTo(1);
        while (isLocked()) {
            Thread.onSpinWait();
        }
    }

    private boolean isLocked() {
        return other.<Long>read(handle -> handle.createQuery(
                                "select count(*) from pg_locks where locktype = 'advisory' and objid = :process")
                        .bind("process", database.processNumber())
                        .mapTo(Long.class)
                        .one())
                > 0;
    }

    @Test
    void aSessionThatLivesOnWithoutItsServerDoesNotTakeTheClaimAlongWhenItEnds() throws SQLException {
        // As where the network broke: the server has a new session while the database still keeps the old one's lock.
        try (Connection old = database.openWriter();
                Statement statement = old.createStatement()) {
            String lock = "(" + 0x43617266 + ", " + database.processNumber() + ")";
            statement.execute("select pg_advisory_lock" + lock);
            try (ServerClaim claim = ServerClaim.of(database)) {
                claim.renew();
                // What its end does, but not some time later.
                statement.execute("select pg_advisory_unlock" + lock);
                claim.renew();
                assertThat(othersThinkItGone()).isFalse();
            }
        }
    }

    @Test
    void whereTheDatabaseBeganAnewNobodyIsGoneBeforeTheyCouldComeBack() {
        try (ServerClaim claim = ServerClaim.of(database);
                ServerClaim asking = ServerClaim.of(other)) {
            other.write(handle -> handle.createQuery("select count(pg_terminate_backend(pid)) from pg_stat_activity"
                            + " where datname = current_database() and pid <> pg_backend_pid()")
                    .mapTo(Long.class)
                    .one());
            asking.renew();
            assertThat(asking.isGone(database.processNumber())).isFalse();
            claim.renew();
        }
    }
}
