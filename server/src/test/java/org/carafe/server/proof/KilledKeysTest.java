package org.carafe.server.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.carafe.server.cli.Carafe;
import org.carafe.server.ledger.TestPostgres;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.proof.LedgerRows.Row;
import org.carafe.server.proof.OnceKeys.Asked;
import org.carafe.server.proof.OnceKeys.Got;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} while hundreds of short idempotent requests are being settled: after a restart each is sent again with its key, and
 * none is charged whole twice. What was charged whole is replayed, the very bytes that its first client had begun to see.
 */
final class KilledKeysTest {
    private static final int CYCLES = Integer.getInteger("carafe.kill.key.cycles", 1);
    private static final int REQUESTS = 1_500;
    private static final int AT_ONCE = 32;
    private static final long CREDITS_MICROS = 1_000_000_000_000L;

    @TempDir
    private Path home;

    private final Random random = new Random(Long.getLong("carafe.kill.seed", 20_261_122L));

    @Test
    void onSqlite() throws Exception {
        Path data = home.resolve("data");
        killed(DatabaseSettings.sqlite(data), "jdbc:sqlite:" + data.resolve("carafe.db"));
    }

    @Test
    void onPostgresql() throws Exception {
        String url = TestPostgres.freshDatabase();
        killed(new DatabaseSettings(home.resolve("data"), url), url);
    }

    private void killed(DatabaseSettings settings, String url) throws Exception {
        LedgerRows rows = new LedgerRows(url);
        Administrator administrator = new Administrator(home, settings);
        administrator.account("acme", CREDITS_MICROS);
        administrator.price(3, 7);
        OnceKeys client = new OnceKeys(administrator.key("acme", Administrator.UNLIMITED));
        int replayed = 0;
        int charged = 0;
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            List<Asked> asked = asked(cycle);
            List<Got> first;
            try (Carafe carafe = serve(settings)) {
                URI base = carafe.ready();
                CompletableFuture<Void> kill = CompletableFuture.runAsync(() -> killSoon(carafe, rows));
                first = OnceKeys.all(asked, AT_ONCE, one -> client.send(base, one, one.key() + "-first"));
                kill.join();
            }
            List<Got> second;
            List<Got> third;
            try (Carafe carafe = serve(settings)) {
                URI base = carafe.ready();
                List<Asked> begun = begun(asked, rows, first);
                second = OnceKeys.all(begun, AT_ONCE, one -> client.retry(base, one, one.key() + "-second"));
                third = OnceKeys.all(begun, AT_ONCE, one -> client.send(base, one, one.key() + "-third"));
                Map<String, List<Row>> all = rows.requests();
                for (int i = 0; i < begun.size(); i++) {
                    Asked one = begun.get(i);
                    boolean wasCharged = isWhole(all.get(one.key() + "-first"));
                    charged += wasCharged ? 1 : 0;
                    replayed += second.get(i).isReplayed() ? 1 : 0;
                    check(one, first.get(asked.indexOf(one)), second.get(i), third.get(i), all);
                }
            }
            Books.assertRight(rows, CREDITS_MICROS, "cycle " + cycle);
            assertThat(administrator.audit()).as("cycle " + cycle).isEmpty();
        }
        assertThat(charged).isPositive();
        assertThat(replayed).isEqualTo(charged);
    }

    private static Carafe serve(DatabaseSettings settings) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("--data", settings.data().toString()));
        if (settings.url() != null) {
            arguments.addAll(List.of("--db", settings.url()));
        }
        // Its home is the directory above: several starts share it.
        return Carafe.serve(settings.data().getParent(), arguments.toArray(String[]::new));
    }

    private static List<Asked> asked(int cycle) {
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            asked.add(new Asked("cycle-" + cycle + "-" + i, i));
        }
        return asked;
    }

    /** While settlements come in by the dozen. */
    private void killSoon(Carafe carafe, LedgerRows rows) {
        try {
            long before = rows.number("select count(*) from request where status = 1");
            while (rows.number("select count(*) from request where status = 1") < before + 20) {
                Thread.sleep(5);
            }
            Thread.sleep(random.nextInt(300));
            carafe.signal("KILL");
            assertThat(carafe.exit()).isEqualTo(137);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Those that the killed server knows of, or answered. */
    private static List<Asked> begun(List<Asked> asked, LedgerRows rows, List<Got> first) throws Exception {
        Map<String, List<Row>> all = rows.requests();
        List<Asked> begun = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            if (first.get(i).status() != 0 || all.containsKey(asked.get(i).key() + "-first")) {
                begun.add(asked.get(i));
            }
        }
        return begun;
    }

    private static boolean isWhole(List<Row> rows) {
        return rows != null && rows.getFirst().status() == Row.POSTED;
    }

    private static void check(Asked one, Got first, Got second, Got third, Map<String, List<Row>> rows) {
        String what = one + ": " + rows.get(one.key() + "-first");
        assertThat(second.status()).as(what).isEqualTo(200);
        assertThat(third.isReplayed()).as(what).isTrue();
        assertThat(third.body()).as(what).isEqualTo(second.body());
        assertThat(rows).as(what).doesNotContainKey(one.key() + "-third");
        assertThat(rows.getOrDefault(one.key() + "-first", List.of())).as(what).hasSizeLessThanOrEqualTo(1);
        if (first.isComplete()) {
            assertThat(isWhole(rows.get(one.key() + "-first")))
                    .as("answered whole, and so charged before: " + what)
                    .isTrue();
        }
        if (isWhole(rows.get(one.key() + "-first"))) {
            assertThat(second.isReplayed()).as(what).isTrue();
            assertThat(rows).as(what).doesNotContainKey(one.key() + "-second");
            byte[] seen = first.body();
            assertThat(Arrays.copyOf(second.body(), seen.length)).as(what).isEqualTo(seen);
        } else {
            // Nothing, or the note of a part: the retry is the one that is charged.
            assertThat(second.isReplayed()).as(what).isFalse();
            assertThat(rows.get(one.key() + "-second")).as(what).hasSize(1);
            assertThat(isWhole(rows.get(one.key() + "-second"))).as(what).isTrue();
        }
    }
}
