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
import org.jspecify.annotations.Nullable;
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

    private static UsageStore.Total total(Books books, @Nullable Long key, long from, long to) {
        return books.read(tables -> tables.usage().total(1, key, from, to));
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
    void usageIsSummedOverDaysKeysAndModels(Dialect dialect) {
        try (Database database = Stores.open(dialect, data)) {
            Books books = books(database);
            database.write(handle -> handle.execute("insert into usage_day (account_id, day, key_id, model, requests,"
                    + " prompt_tokens, cached_tokens, completion_tokens, cost_micros) values"
                    + " (1, 10, 1, 'm', 2, 30, 5, 4, 100), (1, 11, 1, 'n', 1, 7, 0, 1, 9),"
                    + " (1, 11, 2, 'm', 1, 1, 0, 1, 1), (2, 11, 3, 'm', 50, 50, 0, 50, 50)"));
            assertThat(total(books, null, 0, Integer.MAX_VALUE)).isEqualTo(new UsageStore.Total(4, 44, 110));
            assertThat(total(books, 1L, 11, 11)).isEqualTo(new UsageStore.Total(1, 8, 9));
            assertThat(total(books, 1L, 12, 20)).isEqualTo(new UsageStore.Total(0, 0, 0));
        }
    }
}
