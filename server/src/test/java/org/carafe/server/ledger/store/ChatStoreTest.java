package org.carafe.server.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carafe.server.ledger.store.Stores.CHANNEL;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.carafe.server.channels.ChatTurn;
import org.carafe.server.channels.TurnLease;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.Dialect;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ChatStoreTest {
    @TempDir
    Path data;

    private Instant now = Instant.parse("2026-11-21T10:00:00Z");

    private ChatTurn turn(String message) {
        return new ChatTurn(message, now, "re: " + message, now.plusMillis(5));
    }

    private static TurnLease session(String id) {
        return new TurnLease(CHANNEL, id, TurnLease.ALONE);
    }

    private ChatStore store(Database database) {
        return new ChatStore(database, () -> now);
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void turnsComeBackAsTheyWereSaid(Dialect dialect) {
        try (Database database = Stores.open(dialect, data)) {
            ChatStore store = store(database);
            ChatTurn first = turn("Hello 👋");
            store.add(session("s"), first);
            ChatTurn second = turn("and '; drop table chat_message; --");
            store.add(session("s"), second);
            store.add(session("other"), turn("elsewhere"));
            assertThat(store.turns(CHANNEL, "s")).containsExactly(first, second);
            assertThat(store.turns(CHANNEL, "S")).isEmpty();
            assertThat(store.turns(CHANNEL + 1, "s")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aSessionExpiresADayAfterItsLastMessageAndBeginsAfresh(Dialect dialect) {
        try (Database database = Stores.open(dialect, data)) {
            ChatStore store = store(database);
            store.add(session("s"), turn("one"));
            now = now.plus(Duration.ofHours(23));
            store.add(session("s"), turn("two"));
            now = now.plus(Duration.ofHours(24)).minusMillis(1);
            assertThat(store.turns(CHANNEL, "s")).hasSize(2);
            now = now.plusMillis(1);
            assertThat(store.turns(CHANNEL, "s")).isEmpty();
            ChatTurn afresh = turn("three");
            store.add(session("s"), afresh);
            assertThat(store.turns(CHANNEL, "s")).containsExactly(afresh);
            assertThat(Stores.count(database, "chat_message")).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void sessionsThatNobodyComesBackToAreSweptAwayALittleAtATime(Dialect dialect) {
        try (Database database = Stores.open(dialect, data)) {
            ChatStore store = store(database);
            for (int i = 0; i < 9; i++) {
                store.add(session("s" + i), turn("hello"));
            }
            now = now.plus(Duration.ofHours(25));
            store.add(session("new"), turn("hello"));
            assertThat(Stores.count(database, "chat_session")).isEqualTo(6);
            assertThat(Stores.count(database, "chat_message")).isEqualTo(12);
            store.add(session("new"), turn("again"));
            store.add(session("new"), turn("and again"));
            assertThat(Stores.count(database, "chat_session")).isEqualTo(1);
            assertThat(store.turns(CHANNEL, "new")).hasSize(3);
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void theOldestTurnsOfAnEndlessSessionAreDropped(Dialect dialect) {
        try (Database database = Stores.open(dialect, data)) {
            ChatStore store = store(database);
            for (int i = 0; i < ChatStore.TURNS_MAX + 3; i++) {
                store.add(session("s"), turn("m" + i));
            }
            assertThat(store.turns(CHANNEL, "s"))
                    .hasSize(ChatStore.TURNS_MAX)
                    .first()
                    .extracting(ChatTurn::message)
                    .isEqualTo("m3");
        }
    }
}
