package org.carafe.server.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.carafe.server.ledger.store.Stores.CHANNEL;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.carafe.server.channels.ChatTurn;
import org.carafe.server.channels.TurnLease;
import org.carafe.server.channels.TurnLeases;
import org.carafe.server.channels.TurnLostException;
import org.carafe.server.ledger.RowIds;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.ledger.db.Dialect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The leases that servers on one PostgreSQL share; each store here stands for a server. */
final class TurnLeaseStoreTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final ChatTurn TURN = new ChatTurn("Hello", NOW, "Hi", NOW);

    @TempDir
    Path data;

    private Database database;
    private Database otherDatabase;
    private TurnLeaseStore one;
    private TurnLeaseStore other;

    @BeforeEach
    void open() {
        database = Stores.open(Dialect.POSTGRESQL, data);
        otherDatabase = Database.open(database.settings());
        one = store(database, LONG);
        other = store(otherDatabase, LONG);
    }

    @AfterEach
    void close() {
        otherDatabase.close();
        database.close();
    }

    private static TurnLeaseStore store(Database database, Duration life) {
        return new TurnLeaseStore(database, new RowIds(database), life);
    }

    private static ChatStore chats(Database database) {
        return new ChatStore(database, InstantSource.fixed(NOW));
    }

    private long leases() {
        return Stores.count(database, "session_turn");
    }

    @Test
    void oneServerAtATimeHasASession() {
        TurnLease first = one.of(CHANNEL, "s");
        TurnLease second = other.of(CHANNEL, "s");
        assertThat(one.take(first)).isTrue();
        assertThat(other.take(second)).isFalse();
        assertThat(other.take(other.of(CHANNEL, "t"))).isTrue();
        assertThat(other.take(other.of(CHANNEL + 1, "s"))).isTrue();
        one.release(first);
        assertThat(other.take(second)).isTrue();
        assertThat(one.take(first)).isFalse();
    }

    @Test
    void whoWaitsComesBeforeWhoHadItLast() {
        TurnLease first = one.of(CHANNEL, "s");
        TurnLease waiting = other.of(CHANNEL, "s");
        assertThat(one.take(first)).isTrue();
        assertThat(other.take(waiting)).isFalse();
        one.release(first);
        TurnLease again = one.of(CHANNEL, "s");
        assertThat(one.take(again)).isFalse();
        assertThat(other.take(waiting)).isTrue();
        assertThat(one.take(again)).isFalse();
        other.release(waiting);
        assertThat(one.take(again)).isTrue();
        one.release(again);
        assertThat(leases()).isZero();
    }

    @Test
    void aSessionIsNotKeptForAWaitingServerThatDied() throws InterruptedException {
        TurnLease first = one.of(CHANNEL, "s");
        assertThat(one.take(first)).isTrue();
        assertThat(other.take(other.of(CHANNEL, "s"))).isFalse();
        one.release(first);
        assertThat(one.take(first)).isFalse();
        Thread.sleep(1_100);
        assertThat(one.take(first)).isTrue();
    }

    @Test
    void aLeaseThatNobodyRenewsGivesWayAndCannotBeWrittenUnderAnyMore() throws InterruptedException {
        TurnLeaseStore dead = store(database, Duration.ofMillis(200));
        TurnLease lost = dead.of(CHANNEL, "s");
        TurnLease next = other.of(CHANNEL, "s");
        assertThat(dead.take(lost)).isTrue();
        assertThat(other.take(next)).isFalse();
        Thread.sleep(300);
        assertThat(other.take(next)).isTrue();
        assertThat(dead.renew(List.of(lost))).containsExactly(lost);
        assertThatThrownBy(() -> chats(database).add(lost, TURN)).isInstanceOf(TurnLostException.class);
        assertThat(chats(database).turns(CHANNEL, "s")).isEmpty();
        dead.release(lost);
        chats(otherDatabase).add(next, TURN);
        assertThat(chats(database).turns(CHANNEL, "s")).containsExactly(TURN);
        assertThat(leases()).isZero();
    }

    @Test
    void aRenewedLeaseLivesOn() throws InterruptedException {
        TurnLeaseStore brief = store(database, Duration.ofMillis(400));
        TurnLease lease = brief.of(CHANNEL, "s");
        assertThat(brief.take(lease)).isTrue();
        for (int i = 0; i < 4; i++) {
            Thread.sleep(150);
            assertThat(brief.renew(List.of(lease))).isEmpty();
        }
        assertThat(other.take(other.of(CHANNEL, "s"))).isFalse();
    }

    @Test
    void aTurnIsWrittenOnceUnderItsLeaseWhichGoesWithIt() {
        TurnLease lease = one.of(CHANNEL, "s");
        assertThat(one.take(lease)).isTrue();
        chats(database).add(lease, TURN);
        assertThat(leases()).isZero();
        assertThatThrownBy(() -> chats(database).add(lease, TURN)).isInstanceOf(TurnLostException.class);
        assertThat(chats(database).turns(CHANNEL, "s")).containsExactly(TURN);
    }

    @Test
    void aTurnThatCannotBeWrittenKeepsItsLease() {
        TurnLease lease = one.of(CHANNEL + 77, "s");
        assertThat(one.take(lease)).isTrue();
        assertThatThrownBy(() -> chats(database).add(lease, TURN)).hasMessageContaining("foreign key");
        assertThat(other.take(other.of(CHANNEL + 77, "s"))).isFalse();
    }

    @Test
    void whatDeadServersLeftIsForgottenAndNothingElse() {
        assertThat(one.take(one.of(CHANNEL, "dead"))).isTrue();
        database.write(handle -> handle.execute("update session_turn set expires_at = expires_at - 700000"));
        assertThat(one.take(one.of(CHANNEL, "lives"))).isTrue();
        other.purge();
        assertThat(leases()).isEqualTo(1);
        assertThat(other.take(other.of(CHANNEL, "lives"))).isFalse();
    }

    @Test
    void onlyAPostgresqlHasLeases(@TempDir Path own) {
        assertThat(TurnLeaseStore.of(database, new RowIds(database))).isInstanceOf(TurnLeaseStore.class);
        try (Database file = Database.open(DatabaseSettings.sqlite(own))) {
            assertThat(TurnLeaseStore.of(file, new RowIds(file))).isSameAs(TurnLeases.ALONE);
        }
    }
}
