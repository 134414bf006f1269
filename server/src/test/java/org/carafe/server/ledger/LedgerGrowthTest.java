package org.carafe.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.carafe.inference.engine.Usage;
import org.carafe.server.ledger.LedgerFixture.Funding;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.ledger.store.ClaimStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Law 12: what a request costs does not depend on how many there were before. */
final class LedgerGrowthTest {
    /** Tables that grow with requests, accounts or keys. */
    private static final String GROWING =
            "(request|ledger_transaction|ledger_entry|usage_day|api_key|key_meter|account|account_meter|price|fund|idempotency)";

    private static final AnswerToKeep ANSWER =
            new AnswerToKeep("s", "k", 1, 0, 200, "text/plain", new byte[] {1}, Duration.ofDays(1), isKept -> {});

    @TempDir
    Path data;

    @Test
    void law12NoStatementOfARequestLooksThroughATableThatGrows() throws SQLException {
        assertNothingIsLookedThrough(DatabaseSettings.sqlite(data), LedgerGrowthTest::planOfSqlite);
    }

    @Test
    void law12HoldsOnPostgresqlToo() throws SQLException {
        assertNothingIsLookedThrough(
                // The driver would want values for the parameters of a plan that is without any.
                new DatabaseSettings(data, TestPostgres.freshDatabase() + "&preferQueryMode=simple"),
                LedgerGrowthTest::planOfPostgresql);
    }

    private static void assertNothingIsLookedThrough(
            DatabaseSettings settings, BiFunction<LedgerFixture, String, List<String>> plan) throws SQLException {
        try (LedgerFixture fixture = new LedgerFixture(settings)) {
            fixture.price(2, 1, 10);
            long account = fixture.account("a", new Funding(1_000_000, 5_000L, 4_000L, 10L));
            long key = fixture.key(account, "k");
            List<String> statements = new ArrayList<>(statementsOfRequests(fixture, account, key));
            assertThat(statements)
                    .anyMatch(sql -> sql.contains("insert into request"))
                    .anyMatch(sql -> sql.contains("update request set status"))
                    .anyMatch(sql -> sql.contains("insert into usage_day"))
                    .anyMatch(sql -> sql.contains("update idempotency set"))
                    .anyMatch(sql -> sql.contains("prompt_tokens = 0"))
                    .anyMatch(sql -> sql.contains("count(*) from request"));
            statements.add(ClaimStore.KEPT_BYTES.replace(":scope", "?"));
            statements.add(Recovery.OPEN);
            statements.add(Recovery.CLAIMING);
            for (String sql : statements) {
                assertThat(plan.apply(fixture, sql)).as(sql).noneMatch(LedgerGrowthTest::looksThroughAll);
            }
            assertThat(plan.apply(fixture, ClaimStore.KEPT_BYTES.replace(":scope", "?")))
                    .as("what is kept is summed up in an index, without the answers")
                    // PostgreSQL keeps large answers beside its rows, and chooses by how many there are.
                    .anyMatch(step -> step.matches(
                            ".*(COVERING INDEX|Index Only Scan using|Bitmap Index Scan on) idempotency_kept .*"));
            assertThat(plan.apply(fixture, "select id from request where model = 'm'"))
                    .as("a statement that does would be noticed")
                    .anyMatch(LedgerGrowthTest::looksThroughAll);
        }
    }

    private static boolean looksThroughAll(String step) {
        if (step.matches(".*Seq Scan on " + GROWING + "( .*)?")) {
            return true;
        }
        return step.matches("SCAN " + GROWING + "( .*)?")
                && !step.contains("USING INDEX request_open")
                && !step.contains("USING COVERING INDEX request_open")
                && !step.contains("USING COVERING INDEX idempotency_running");
    }

    /** Holds, endings, notes, a new day: everything that the writer may say. */
    private static List<String> statementsOfRequests(LedgerFixture fixture, long account, long key)
            throws SQLException {
        fixture.database.write(handle -> handle.execute(
                "insert into idempotency (scope, idempotency_key, body_digest, process, created_at,"
                        + " expires_at) values ('s', 'k', ?, 1, 0, 1)",
                new byte[] {1}));
        fixture.database.takeTurn();
        try (Statements statements = new Statements(fixture.database.openWriter(), fixture.database.dialect())) {
            TermsCache terms = new TermsCache();
            Act.Hold first = new Act.Hold(LedgerFixture.asking(account, key, 10, 10));
            Act.Hold second = new Act.Hold(LedgerFixture.asking(account, key, 10, 10));
            run(fixture, statements, terms, List.of(first, second));
            fixture.nowMillis.addAndGet(Duration.ofDays(1).toMillis());
            OpenHold held = ((HoldResult.Held) first.done().join()).hold();
            OpenHold other = ((HoldResult.Held) second.done().join()).hold();
            run(
                    fixture,
                    statements,
                    terms,
                    List.of(
                            new Act.Notes(List.of(new Act.Note(other.id(), new Usage(10, 0, 1)))),
                            new Act.End(held, Ending.POSTED, new Usage(10, 2, 5), ANSWER)));
            // Its key is the other's by now.
            run(fixture, statements, terms, List.of(new Act.End(other, Ending.POSTED, new Usage(10, 2, 5), ANSWER)));
            return statements.texts().stream()
                    .filter(sql -> !sql.equals("commit") && !sql.startsWith("begin"))
                    .toList();
        } finally {
            fixture.database.endTurn();
        }
    }

    private static void run(LedgerFixture fixture, Statements statements, TermsCache terms, List<Act> acts)
            throws SQLException {
        statements.begin();
        Batch batch =
                new Batch(statements, terms, fixture.database.dialect(), fixture.ids, fixture.clock.instant(), 60_000);
        batch.run(acts);
        statements.commit();
        batch.committed(LedgerListener.NONE);
    }

    /** Told to scan only where no index would do, whatever the parameters. */
    private static List<String> planOfPostgresql(LedgerFixture fixture, String sql) {
        AtomicInteger number = new AtomicInteger();
        String numbered = Pattern.compile("\\?").matcher(sql).replaceAll(mark -> "\\$" + number.incrementAndGet());
        return fixture.database.write(handle -> {
            try (var statement = handle.getConnection().createStatement()) {
                statement.execute("set local enable_seqscan = off");
                List<String> steps = new ArrayList<>();
                try (var row = statement.executeQuery("explain (generic_plan) " + numbered)) {
                    while (row.next()) {
                        steps.add(row.getString(1));
                    }
                }
                return steps;
            } catch (SQLException e) {
                throw new IllegalStateException(sql, e);
            }
        });
    }

    private static List<String> planOfSqlite(LedgerFixture fixture, String sql) {
        return fixture.database.read(handle -> {
            try (var statement = handle.getConnection().prepareStatement("explain query plan " + sql)) {
                int parameters = statement.getParameterMetaData().getParameterCount();
                for (int i = 1; i <= parameters; i++) {
                    statement.setLong(i, 1);
                }
                List<String> steps = new ArrayList<>();
                try (var row = statement.executeQuery()) {
                    while (row.next()) {
                        steps.add(row.getString("detail"));
                    }
                }
                return steps;
            } catch (SQLException e) {
                throw new IllegalStateException(sql, e);
            }
        });
    }
}
