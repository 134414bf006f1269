package org.carafe.server.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carafe.server.ledger.store.Stores.BANK;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
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
    private static final UsageStore.Total NOTHING = new UsageStore.Total(0, 0, 0);

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
                handle.execute("insert into account_meter values (1, 110, 11, 7, 70, 4, 44, 2, 10, 10, 0, 3, 40, 109)");
                handle.execute("insert into key_meter values (1, 109, 30, 11, 7, 70, 3, 42, 1, 8, 9, 0, 2, 38, 108)");
                return handle.execute(
                        "insert into api_key (public_id, account_id, kind, name, prefix, digest, budget_micros, meter_id, created_at)"
                                + " values ('key_2', 1, 'inference', 'k', 'sk-', ?, 500, 1, 0)",
                        new byte[] {2});
            });
            UsageStore.Metered account = ofAccount(books, "1970-01-12");
            assertThat(account.budgetMicros()).isNull();
            assertThat(account.inAll()).isEqualTo(new UsageStore.Total(4, 44, 110));
            assertThat(account.ofDay()).isEqualTo(new UsageStore.Total(2, 10, 10));
            assertThat(account.ofMonth()).isEqualTo(new UsageStore.Total(3, 40, 109));
            assertThat(ofAccount(books, "1970-01-13").ofDay()).isEqualTo(NOTHING);
            assertThat(ofAccount(books, "1970-01-13").ofMonth()).isEqualTo(account.ofMonth());
            assertThat(ofAccount(books, "1970-02-09").ofMonth()).isEqualTo(NOTHING);
            UsageStore.Metered first = ofKey(books, 1, "1970-01-12");
            assertThat(first.budgetMicros()).isNull();
            assertThat(first.inAll()).isEqualTo(new UsageStore.Total(3, 42, 109));
            assertThat(ofKey(books, 2, "1970-01-12"))
                    .isEqualTo(new UsageStore.Metered(
                            500L, 30, first.ofDay(), new UsageStore.Total(2, 38, 108), first.inAll()));
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void usageOfADayBeforeThatOfTheMeterIsSummed(Dialect dialect) {
        try (Database database = Stores.open(dialect, data)) {
            Books books = books(database);
            database.write(handle -> {
                // 1970-02-12, and the month that begins then.
                handle.execute("insert into account_meter values (1, 9, 42, 7, 70, 4, 44, 2, 10, 10, 31, 3, 40, 109)");
                handle.execute("insert into key_meter values (1, 9, 0, 42, 7, 70, 3, 42, 1, 8, 9, 31, 2, 38, 108)");
                handle.execute(
                        "insert into api_key (public_id, account_id, kind, name, prefix, digest, meter_id, created_at)"
                                + " values ('key_2', 1, 'inference', 'k', 'sk-', ?, 1, 0)",
                        new byte[] {2});
                handle.execute(
                        "insert into api_key (public_id, account_id, kind, name, prefix, digest, created_at)"
                                + " values ('key_3', 1, 'inference', 'k', 'sk-', ?, 0)",
                        new byte[] {3});
                handle.execute("insert into usage_day values (1, 11, 1, 'm', 1, 10, 5, 2, 30)");
                handle.execute("insert into usage_day values (1, 11, 2, 'm', 2, 20, 0, 3, 40)");
                handle.execute("insert into usage_day values (1, 11, 3, 'm', 4, 40, 0, 4, 50)");
                return handle.execute("insert into usage_day values (1, 30, 2, 'm', 8, 80, 0, 8, 60)");
            });
            UsageStore.Metered account = ofAccount(books, "1970-01-12");
            assertThat(account.ofDay()).isEqualTo(new UsageStore.Total(7, 79, 120));
            assertThat(account.ofMonth()).isEqualTo(new UsageStore.Total(15, 167, 180));
            for (long key : new long[] {1, 2}) {
                UsageStore.Metered ofKey = ofKey(books, key, "1970-01-12");
                assertThat(ofKey.ofDay()).isEqualTo(new UsageStore.Total(3, 35, 70));
                assertThat(ofKey.ofMonth()).isEqualTo(new UsageStore.Total(11, 123, 130));
            }
            assertThat(ofAccount(books, "1970-01-11").ofDay()).isEqualTo(NOTHING);
            assertThat(ofAccount(books, "1970-02-11").ofMonth()).isEqualTo(new UsageStore.Total(3, 40, 109));
        }
    }

    private static UsageStore.Metered ofAccount(Books books, String today) {
        return books.read(tables -> tables.usage().ofAccount(1, LocalDate.parse(today)));
    }

    private static UsageStore.Metered ofKey(Books books, long key, String today) {
        return books.read(tables -> tables.usage().ofKey(key, LocalDate.parse(today)));
    }
}
