package org.carafe.server.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carafe.server.ledger.store.Stores.CHANNEL;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.carafe.server.channels.ChatTurn;
import org.carafe.server.channels.TurnLease;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.Dialect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Turns of old sessions while others sweep such sessions away, on the database where writers run at the same time. */
final class ReturningVisitorTest {
    private static final Instant BEFORE = Instant.parse("2026-11-21T10:00:00Z");
    private static final Instant EXPIRED = BEFORE.plus(ChatStore.KEPT);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path data;

    private Database database;

    @BeforeEach
    void open() {
        database = Stores.open(Dialect.POSTGRESQL, data);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private ChatStore at(Instant now) {
        return new ChatStore(database, InstantSource.fixed(now));
    }

    private void say(Instant now, String session, String message) {
        at(now).add(new TurnLease(CHANNEL, session, TurnLease.ALONE), new ChatTurn(message, now, "Yes.", now));
    }

    private List<String> messages(Instant now, String session) {
        return at(now).turns(CHANNEL, session).stream().map(ChatTurn::message).toList();
    }

    private void awaitWaiting(int count) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (waiting() < count) {
            assertThat(System.nanoTime()).as("writers that wait").isLessThan(deadline);
            Thread.sleep(2);
        }
    }

    private long waiting() {
        return database.read(handle -> handle.createQuery("select count(*) from pg_stat_activity"
                        + " where datname = current_database() and wait_event_type = 'Lock'")
                .mapTo(Long.class)
                .one());
    }

    @Test
    void aTurnThatCameBackInTheLastMomentIsNotSweptAway() throws Exception {
        say(BEFORE, "s", "Hello");
        CompletableFuture<Void> back;
        CompletableFuture<Void> sweeping;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try (Connection first = database.openWriter()) {
                // The two writers stand behind this one, in the order in which they came.
                first.setAutoCommit(false);
                try (PreparedStatement lock = first.prepareStatement("select id from chat_session for update")) {
                    lock.execute();
                }
                back = CompletableFuture.runAsync(
                        () -> say(EXPIRED.minusMillis(1), "s", "Are you still there?"), threads);
                awaitWaiting(1);
                sweeping = CompletableFuture.runAsync(() -> say(EXPIRED, "other", "Hi"), threads);
                awaitWaiting(2);
                first.rollback();
            }
            back.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            sweeping.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(messages(EXPIRED, "s")).containsExactly("Hello", "Are you still there?");
        assertThat(messages(EXPIRED, "other")).containsExactly("Hi");
    }

    @Test
    void visitorsThatComeBackAllAtOnceAllBeginAfresh() throws Exception {
        int sessions = 40;
        for (int i = 0; i < sessions; i++) {
            say(BEFORE, "s" + i, "Hello");
        }
        List<CompletableFuture<Void>> back = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // The last first: nobody's own session is among those that he sweeps.
            for (int i = sessions - 1; i >= 0; i--) {
                String session = "s" + i;
                back.add(CompletableFuture.runAsync(() -> say(EXPIRED, session, "Again"), threads));
            }
            for (CompletableFuture<Void> one : back) {
                one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        }
        for (int i = 0; i < sessions; i++) {
            assertThat(messages(EXPIRED, "s" + i)).as("s" + i).containsExactly("Again");
        }
        assertThat(Stores.count(database, "chat_session")).isEqualTo(sessions);
        assertThat(Stores.count(database, "chat_message")).isEqualTo(2L * sessions);
    }
}
