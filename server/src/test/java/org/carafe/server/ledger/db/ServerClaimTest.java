package org.carafe.server.ledger.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
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

    private boolean othersThinkItGone() {
        try (ServerClaim asking = ServerClaim.of(other)) {
            return asking.isGone(database.processNumber());
        }
    }

    @Test
    void aClaimEndsWithItsSession() {
        ServerClaim claim = ServerClaim.of(database);
        assertThat(othersThinkItGone()).isFalse();
        claim.close();
        assertThat(othersThinkItGone()).isTrue();
        claim.renew();
        assertThat(othersThinkItGone()).isFalse();
        claim.close();
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
