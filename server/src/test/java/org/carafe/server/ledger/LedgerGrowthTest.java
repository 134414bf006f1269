package org.carafe.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.carafe.inference.engine.Usage;
import org.carafe.server.ledger.LedgerFixture.Funding;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Law 12: what a request costs does not depend on how many there were before. */
final class LedgerGrowthTest {
    /** Tables that grow with requests, accounts or keys. */
    private static final String GROWING =
            "(request|ledger_transaction|ledger_entry|usage_day|api_key|key_meter|account|account_meter|price|fund)";

    @TempDir
    Path data;

    @Test
    void law12NoStatementOfARequestLooksThroughATableThatGrows() throws SQLException {
        try (LedgerFixture fixture = new LedgerFixture(DatabaseSettings.sqlite(data))) {
            fixture.price(2, 1, 10);
            long account = fixture.account("a", new Funding(1_000_000, 5_000L, 4_000L, 10L));
            long key = fixture.key(account, "k");
            List<String> statements = new ArrayList<>(statementsOfRequests(fixture, account, key));
            assertThat(statements)
                    .anyMatch(sql -> sql.contains("insert into request"))
                    .anyMatch(sql -> sql.contains("update request set status"))
                    .anyMatch(sql -> sql.contains("insert into usage_day"))
                    .anyMatch(sql -> sql.contains("count(*) from request"));
            statements.add(Recovery.OPEN);
            for (String sql : statements) {
                assertThat(plan(fixture, sql)).as(sql).noneMatch(LedgerGrowthTest::looksThroughAll);
            }
            assertThat(plan(fixture, "select id from request where model = 'm'"))
                    .as("a statement that does would be noticed")
                    .anyMatch(LedgerGrowthTest::looksThroughAll);
        }
    }

    private static boolean looksThroughAll(String step) {
        return step.matches("SCAN " + GROWING + "( .*)?")
                && !step.contains("USING INDEX request_open")
                && !step.contains("USING COVERING INDEX request_open");
    }

    /** Holds, endings, notes, a new day: everything that the writer may say. */
    private static List<String> statementsOfRequests(LedgerFixture fixture, long account, long key)
            throws SQLException {
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
                            new Act.End(held, Ending.POSTED, new Usage(10, 2, 5))));
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

    private static List<String> plan(LedgerFixture fixture, String sql) {
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
