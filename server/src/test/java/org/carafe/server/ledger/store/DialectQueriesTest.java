package org.carafe.server.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carafe.server.ledger.store.Stores.BANK;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.carafe.server.accounts.Assistant;
import org.carafe.server.accounts.Channel;
import org.carafe.server.ledger.RowIds;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.Dialect;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What simple chat and channels ask of rows that administrators wrote. */
final class DialectQueriesTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    @TempDir
    Path data;

    private static Books books(Database database) {
        return new Books(database, new RowIds(database), InstantSource.fixed(NOW));
    }

    private static Optional<Assistant> assistant(Books books, long id) {
        return books.read(tables -> tables.assistants().find(id));
    }

    private static Optional<Channel> channel(Books books, long key) {
        return books.read(tables -> tables.channels().findByKey(key));
    }

    private static List<Optional<List<String>>> origins(Books books) {
        return books.read(tables -> tables.channels().origins(NOW));
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void anAssistantIsFoundByTheRowThatAKeyNames(Dialect dialect) {
        try (Database database = Stores.open(dialect, data)) {
            Books books = books(database);
            assertThat(assistant(books, BANK).map(Assistant::name)).contains("bank");
            assertThat(assistant(books, 77)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aChannelIsFoundByItsKeyAndByTheKeyBeforeIt(Dialect dialect) {
        try (Database database = Stores.open(dialect, data)) {
            Books books = books(database);
            database.write(handle -> {
                handle.execute(
                        "insert into api_key (public_id, account_id, kind, name, prefix, digest, origins, meter_id, created_at)"
                                + " values ('key_2', 1, 'channel', 'k', 'sk-ch-', ?, '[\"https://a.example\"]', 1, 0)",
                        new byte[] {2});
                handle.execute(
                        "insert into api_key (public_id, account_id, kind, name, prefix, digest, created_at)"
                                + " values ('key_3', 1, 'inference', 'k', 'sk-', ?, 0)",
                        new byte[] {3});
                handle.execute("update api_key set replaced_by = 2 where id = 1");
                return handle.execute("update channel set key_id = 2 where id = 1");
            });
            for (long key : new long[] {1, 2}) {
                assertThat(channel(books, key).map(Channel::publicId)).contains("ch_1");
            }
            assertThat(channel(books, 3)).isEmpty();
            assertThat(origins(books)).containsExactly(Optional.of(List.of("https://a.example")));
            database.write(handle -> handle.execute("update api_key set origins = null where id = 2"));
            assertThat(origins(books)).containsExactly(Optional.empty());
            database.write(handle -> handle.execute("update api_key set revoked_at = 1 where id = 2"));
            assertThat(origins(books)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void usageIsThatOfTheMeterAndOfItsDayAndMonthWhileTheyLast(Dialect dialect) {
        try (Database database = Stores.open(dialect, data)) {
            Books books = books(database);
            database.write(handle -> {
                handle.execute("insert into account_meter values (1, 110, 11, 7, 70, 4, 44, 2, 10, 10, 9, 3, 40, 109)");
                handle.execute("insert into key_meter values (1, 109, 30, 11, 7, 70, 3, 42, 1, 8, 9, 9, 2, 38, 108)");
                return handle.execute(
                        "insert into api_key (public_id, account_id, kind, name, prefix, digest, budget_micros, meter_id, created_at)"
                                + " values ('key_2', 1, 'inference', 'k', 'sk-', ?, 500, 1, 0)",
                        new byte[] {2});
            });
            UsageStore.Metered account = books.read(tables -> tables.usage().ofAccount(1));
            assertThat(account.budgetMicros()).isNull();
            assertThat(account.inAll()).isEqualTo(new UsageStore.Total(4, 44, 110));
            assertThat(account.today(11)).isEqualTo(new UsageStore.Total(2, 10, 10));
            assertThat(account.today(12)).isEqualTo(new UsageStore.Total(0, 0, 0));
            assertThat(account.month(9)).isEqualTo(new UsageStore.Total(3, 40, 109));
            assertThat(account.month(39)).isEqualTo(new UsageStore.Total(0, 0, 0));
            UsageStore.Metered first = books.read(tables -> tables.usage().ofKey(1));
            assertThat(first.budgetMicros()).isNull();
            assertThat(first.inAll()).isEqualTo(new UsageStore.Total(3, 42, 109));
            UsageStore.Metered successor = books.read(tables -> tables.usage().ofKey(2));
            assertThat(successor)
                    .isEqualTo(new UsageStore.Metered(
                            500L, 30, 11, first.ofDay(), 9, new UsageStore.Total(2, 38, 108), first.inAll()));
        }
    }
}
