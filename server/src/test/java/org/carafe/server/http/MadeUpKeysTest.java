package org.carafe.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.carafe.server.auth.KeyRing;
import org.carafe.server.ledger.TestPostgres;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever makes keys up is a 401, and in nobody's way. */
final class MadeUpKeysTest {
    @TempDir
    private Path data;

    private static int models(LedgerServer ledger, String key) {
        HttpRequest request = ledger.server()
                .request("/v1/models")
                .header("Authorization", "Bearer " + key)
                .build();
        return ledger.server().send(request).status();
    }

    @Test
    void theyDoNotTakeTheReadersFromThoseWhoseKeysAreGood() throws Exception {
        String url = TestPostgres.freshDatabase();
        try (LedgerServer ledger = LedgerServer.start(new DatabaseSettings(data, url));
                Connection other = DriverManager.getConnection(url);
                Statement statement = other.createStatement();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ledger.account("a", 1_000);
            String good = ledger.key("a", LedgerServer.UNLIMITED);
            assertThat(models(ledger, good)).isEqualTo(200);
            assertThat(models(ledger, "sk-nobody")).isEqualTo(401);
            // As slow as a lookup can be: it waits for a lock.
            other.setAutoCommit(false);
            statement.execute("lock table api_key in access exclusive mode");
            List<Future<Integer>> madeUp = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                String key = "sk-made-up-" + i;
                madeUp.add(threads.submit(() -> models(ledger, key)));
            }
            TestServer.eventually("lookups wait", () -> waiting(url) > 0);

            for (int i = 0; i < 20; i++) {
                long started = System.nanoTime();
                assertThat(models(ledger, good)).isEqualTo(200);
                assertThat(models(ledger, "sk-nobody")).as("nobody looks").isEqualTo(401);
                assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(2));
            }

            assertThat(waiting(url)).isEqualTo(2);
            other.rollback();
            for (Future<Integer> one : madeUp) {
                assertThat(one.get()).isIn(401, 503);
            }
            assertThat(models(ledger, "sk-made-up-0")).isEqualTo(401);
        }
    }

    /** Connections that wait for the lock. */
    private static long waiting(String url) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                var row = statement.executeQuery(
                        "select count(*) from pg_stat_activity where datname = current_database()"
                                + " and wait_event_type = 'Lock'")) {
            row.next();
            return row.getLong(1);
        } catch (java.sql.SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aKeyThatWasNoneIsFoundOnceItIsThere() {
        AtomicLong nowMillis =
                new AtomicLong(Instant.parse("2026-03-10T12:00:00Z").toEpochMilli());
        InstantSource clock = () -> Instant.ofEpochMilli(nowMillis.get());
        try (LedgerServer ledger = LedgerServer.start(DatabaseSettings.sqlite(data), clock, builder -> builder)) {
            ledger.account("a", 1_000);
            assertThat(models(ledger, "sk-later")).isEqualTo(401);
            add(ledger, "sk-later");
            assertThat(models(ledger, "sk-later"))
                    .as("remembered, while nothing says that something changed")
                    .isEqualTo(401);
            nowMillis.addAndGet(Duration.ofSeconds(10).toMillis());
            assertThat(models(ledger, "sk-later")).isEqualTo(200);

            assertThat(models(ledger, "sk-last")).isEqualTo(401);
            add(ledger, "sk-last");
            // As the shell does it.
            ledger.books()
                    .database()
                    .write(handle -> handle.execute("update settings_version set version = version + 1"));
            TestServer.eventually("the poll notices", () -> models(ledger, "sk-last") == 200);
        }
    }

    private static void add(LedgerServer ledger, String key) {
        byte[] digest = LedgerServer.MASTER_KEY.digest(KeyRing.DIGEST_PURPOSE, key.getBytes(UTF_8));
        ledger.books()
                .database()
                .write(handle -> handle.execute(
                        "insert into api_key (public_id, account_id, kind, name, prefix, digest, created_at)"
                                + " select ?, id, 'inference', 'k', 'sk-', ?, 0 from account",
                        "key_" + key,
                        digest));
    }
}
