package org.carafe.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carafe.server.ledger.LedgerFixture.asking;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.carafe.inference.engine.Usage;
import org.carafe.server.ledger.LedgerAudit.Finding;
import org.carafe.server.ledger.LedgerFixture.Funding;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every law is looked at: a ledger in which it alone was broken, behind the server's back, is found to break it. */
final class LedgerAuditTest {
    private static final String COSTS = LedgerAudit.laws().getLast();

    @TempDir
    private static Path healthy;

    @TempDir
    private Path data;

    @BeforeAll
    static void aLedgerOfAllSorts() {
        try (LedgerFixture fixture = new LedgerFixture(DatabaseSettings.sqlite(healthy))) {
            live(fixture);
        }
    }

    /** Charges of all funds, over days, a void, an expiry, a price's second version, a rotated key, corrections, a reversal and an open request. */
    private static void live(LedgerFixture fixture) {
        fixture.price(2, 1, 10);
        long rich = fixture.account("rich", new Funding(100_000, 500L, 300L, null));
        long poor = fixture.account("poor", Funding.prepaid(5_000));
        long key = fixture.key(rich, "rich");
        long poorKey = fixture.key(poor, "poor");
        OpenHold first = fixture.held(asking(rich, key, 100, 100));
        fixture.ledger.post(first, new Usage(100, 40, 90));
        fixture.price(3, 3, 11);
        fixture.ledger.post(fixture.held(asking(poor, poorKey, 10, 10)), new Usage(10, 0, 10));
        fixture.ledger.release(fixture.held(asking(poor, poorKey, 10, 10)));
        long successor = fixture.successor(poorKey, "poor2");
        fixture.ledger.post(fixture.held(asking(poor, successor, 7, 7)), new Usage(7, 0, 7));
        fixture.nowMillis.addAndGet(Duration.ofDays(1).toMillis());
        fixture.ledger.post(fixture.held(asking(rich, key, 50, 50)), new Usage(50, 0, 50));
        fixture.database.write(handle -> {
            fixture.postings.adjust(handle, poor, -100, "typing error", "test");
            return fixture.postings.reverse(handle, first.id(), "goodwill", "test");
        });
        fixture.held(asking(rich, key, 20, 60));
    }

    private static Arguments broken(String sql, AuditLaw... laws) {
        return Arguments.of(sql, Arrays.stream(laws).map(AuditLaw::title).toList());
    }

    static Stream<Arguments> corruptions() {
        String charge = "(select min(id) from ledger_transaction where kind = 'charge')";
        String open = "(select id from request where status = 0)";
        String earned = "(select id from fund where kind = 'earned')";
        String ended = "(select min(id) from request where status = 1)";
        return Stream.of(
                broken(
                        "update ledger_entry set amount_micros = amount_micros + 1 where fund_id = (select id from fund where kind ="
                                + " 'issued') and transaction_id = (select id from ledger_transaction where kind = 'adjustment')",
                        AuditLaw.SUMS,
                        AuditLaw.BALANCES),
                broken(
                        "insert into ledger_transaction (id, kind, account_id, at) values (77, 'top_up', 1, 0)",
                        AuditLaw.ENTRIES),
                broken("delete from ledger_transaction where kind = 'adjustment'", AuditLaw.ENTRIES),
                broken("update ledger_transaction set account_id = 1 where kind = 'adjustment'", AuditLaw.OWN_FUNDS),
                broken(
                        "update fund set balance_micros = balance_micros + 5 where kind = 'prepaid' and account_id = 2",
                        AuditLaw.BALANCES),
                broken("update fund set balance_micros = balance_micros - 5 where kind = 'earned'", AuditLaw.BALANCES),
                broken(
                        "insert into ledger_transaction (id, kind, account_id, at) values (77, 'adjustment', 2, 0);"
                                + " insert into ledger_entry values ((select id from fund where kind = 'prepaid' and account_id = 2), 77, -90000);"
                                + " insert into ledger_entry values ((select id from fund where kind = 'issued'), 77, 90000);"
                                + " update fund set balance_micros = balance_micros - 90000 where kind = 'prepaid' and account_id = 2;"
                                + " update fund set balance_micros = balance_micros + 90000 where kind = 'issued'",
                        AuditLaw.FLOORS),
                broken("update fund set overdraft_micros = null where account_id = 2", AuditLaw.FLOORS),
                broken(
                        "update fund set held_micros = held_micros + 1 where kind = 'prepaid' and account_id = 1",
                        AuditLaw.HELD_OF_FUNDS),
                broken("update key_meter set held_micros = held_micros + 1 where key_id = 1", AuditLaw.HELD_OF_KEYS),
                broken(
                        "delete from ledger_entry where transaction_id = " + charge + " and fund_id = " + earned,
                        AuditLaw.SUMS,
                        AuditLaw.BALANCES,
                        AuditLaw.CHARGED),
                broken("update ledger_transaction set kind = 'adjustment' where id = " + charge, AuditLaw.CHARGED),
                broken(
                        "insert into ledger_transaction (id, kind, account_id, at) values (77, 'charge', 2, 0);"
                                + " insert into ledger_entry values ((select id from fund where kind = 'prepaid' and account_id = 2), 77, -9);"
                                + " insert into ledger_entry values (" + earned + ", 77, 9);"
                                + " update fund set balance_micros = balance_micros - 9 where kind = 'prepaid' and account_id = 2;"
                                + " update fund set balance_micros = balance_micros + 9 where kind = 'earned'",
                        AuditLaw.CHARGES),
                broken(
                        "insert into ledger_transaction (id, kind, account_id, at) values (" + open
                                + ", 'charge', 1, 0);"
                                + " insert into ledger_entry values ((select id from fund where kind = 'prepaid' and account_id = 1), "
                                + open + ", -9);"
                                + " insert into ledger_entry values (" + earned + ", " + open + ", 9);"
                                + " update fund set balance_micros = balance_micros - 9 where kind = 'prepaid' and account_id = 1;"
                                + " update fund set balance_micros = balance_micros + 9 where kind = 'earned'",
                        AuditLaw.OPEN),
                broken("update request set ended_at = 5 where status = 0", AuditLaw.OPEN),
                broken("update request set ended_at = null where status = 2", AuditLaw.OPEN),
                broken("update request set completion_tokens = 4 where status = 2", AuditLaw.VOIDED),
                broken(
                        "update request set held_daily = held_daily - 1, held_prepaid = held_prepaid + 1 where id = "
                                + ended,
                        AuditLaw.WITHIN_HOLD),
                broken(
                        "update usage_day set requests = requests + 1 where account_id = 2",
                        AuditLaw.USAGE,
                        AuditLaw.USED_BY_KEYS,
                        AuditLaw.USED_BY_ACCOUNTS),
                broken("update usage_day set cached_tokens = cached_tokens - 1 where account_id = 1", AuditLaw.USAGE),
                broken(
                        "delete from usage_day where account_id = 2",
                        AuditLaw.USAGE,
                        AuditLaw.USED_BY_KEYS,
                        AuditLaw.USED_BY_ACCOUNTS),
                broken(
                        "insert into usage_day values (2, 3, 2, 'm', 1, 1, 1, 1, 0)",
                        AuditLaw.USAGE,
                        AuditLaw.USED_BY_KEYS,
                        AuditLaw.USED_BY_ACCOUNTS),
                broken("update key_meter set spent_micros = spent_micros - 1 where key_id = 2", AuditLaw.SPENT_BY_KEYS),
                broken("delete from key_meter where key_id = 2", AuditLaw.SPENT_BY_KEYS),
                broken("update key_meter set used_tokens = used_tokens + 1 where key_id = 2", AuditLaw.USED_BY_KEYS),
                broken("update key_meter set month_used_micros = 0 where key_id = 1", AuditLaw.USED_BY_KEYS),
                broken("update key_meter set month_from = 30000 where key_id = 1", AuditLaw.USED_BY_KEYS),
                broken(
                        "update key_meter set day_used_requests = day_used_requests + 1 where key_id = 1",
                        AuditLaw.USED_BY_KEYS),
                broken(
                        "update key_meter set day_used_micros = day_used_micros + 1 where key_id = 1",
                        AuditLaw.USED_BY_KEYS),
                broken(
                        "update key_meter set day_used_tokens = day_used_tokens + 1 where key_id = 1",
                        AuditLaw.USED_BY_KEYS),
                broken(
                        "update key_meter set month_used_requests = month_used_requests + 1 where key_id = 1",
                        AuditLaw.USED_BY_KEYS),
                broken(
                        "update key_meter set month_used_tokens = month_used_tokens + 1 where key_id = 1",
                        AuditLaw.USED_BY_KEYS),
                broken(
                        "update account_meter set day_used_micros = day_used_micros + 1 where account_id = 1",
                        AuditLaw.USED_BY_ACCOUNTS),
                broken(
                        "update account_meter set day_used_tokens = day_used_tokens + 1 where account_id = 1",
                        AuditLaw.USED_BY_ACCOUNTS),
                broken(
                        "update account_meter set month_used_requests = month_used_requests + 1 where account_id = 1",
                        AuditLaw.USED_BY_ACCOUNTS),
                broken(
                        "update account_meter set month_used_micros = month_used_micros + 1 where account_id = 1",
                        AuditLaw.USED_BY_ACCOUNTS),
                broken("update key_meter set month_from = month_from - 31 where key_id = 2", AuditLaw.USED_BY_KEYS),
                broken(
                        "update key_meter set day = day + 31, day_used_requests = 0, day_used_tokens = 0, day_used_micros = 0 where key_id = 2",
                        AuditLaw.USED_BY_KEYS),
                broken(
                        "update key_meter set month_from = day + 1, month_used_requests = 0, month_used_tokens = 0, month_used_micros = 0 where key_id = 2",
                        AuditLaw.USED_BY_KEYS),
                broken(
                        "update account_meter set month_from = month_from - 31 where account_id = 2",
                        AuditLaw.USED_BY_ACCOUNTS),
                broken(
                        "update account_meter set day = day + 31, day_used_requests = 0, day_used_tokens = 0, day_used_micros = 0 where account_id = 2",
                        AuditLaw.USED_BY_ACCOUNTS),
                broken(
                        "update account_meter set month_from = day + 1, month_used_requests = 0, month_used_tokens = 0, month_used_micros = 0 where account_id = 2",
                        AuditLaw.USED_BY_ACCOUNTS),
                broken(
                        "update account_meter set day_used_requests = day_used_requests + 1 where account_id = 1",
                        AuditLaw.USED_BY_ACCOUNTS),
                broken(
                        "update account_meter set month_used_tokens = month_used_tokens - 1 where account_id = 2",
                        AuditLaw.USED_BY_ACCOUNTS),
                broken("update api_key set replaced_by = 2 where id = 1", AuditLaw.METERS),
                broken(
                        "insert into key_meter (key_id) select id from api_key where meter_id is not null",
                        AuditLaw.METERS),
                broken("update api_key set account_id = 1 where meter_id = 2", AuditLaw.METERS, AuditLaw.OWNERS),
                broken(
                        "insert into api_key (public_id, account_id, kind, name, prefix, digest, meter_id, created_at)"
                                + " select 'key_none', account_id, kind, name, prefix, x'01', id, 0 from api_key where meter_id = 2",
                        AuditLaw.METERS),
                broken(
                        "update account_meter set spent_micros = spent_micros + 1 where account_id = 1",
                        AuditLaw.SPENT_BY_ACCOUNTS),
                broken(
                        "update ledger_transaction set reverses = (select min(id) from ledger_transaction where kind = 'top_up')"
                                + " where kind = 'reversal'",
                        AuditLaw.REVERSALS),
                broken(
                        "update ledger_transaction set reverses = null where kind = 'reversal';"
                                + " update ledger_transaction set reverses = " + charge + " where kind = 'adjustment'",
                        AuditLaw.REVERSALS),
                broken("update api_key set account_id = 1 where id = 2 or meter_id = 2", AuditLaw.OWNERS),
                Arguments.of(
                        "update price set completion_micros = completion_micros - 1000000 where version = 2",
                        List.of(COSTS)),
                Arguments.of(
                        "update request set completion_tokens = completion_tokens - 1 where id = " + ended,
                        List.of(AuditLaw.USAGE.title(), COSTS)),
                Arguments.of("update request set price_id = 9 where id = " + ended, List.of(COSTS)));
    }

    @ParameterizedTest
    @MethodSource("corruptions")
    void aLawThatIsBrokenIsFound(String corruption, List<String> laws) throws Exception {
        try (Database database = copy()) {
            corrupt(corruption);
            List<Finding> findings = LedgerAudit.verify(database);
            assertThat(findings.stream().map(Finding::law).distinct())
                    .as(findings.toString())
                    .containsExactlyInAnyOrderElementsOf(laws);
        }
    }

    @Test
    void everyLawHasAnExampleThatBreaksIt() {
        List<String> broken = corruptions()
                .flatMap(arguments -> ((List<?>) arguments.get()[1]).stream())
                .map(String.class::cast)
                .distinct()
                .toList();
        assertThat(broken).containsExactlyInAnyOrderElementsOf(LedgerAudit.laws());
    }

    @Test
    void aLedgerThatKeepsThemHasNoFindings() {
        try (Database database = Database.open(DatabaseSettings.sqlite(healthy))) {
            assertThat(LedgerAudit.verify(database)).isEmpty();
        }
    }

    @Test
    void aFindingNamesTheRowsAndTheAmounts() throws Exception {
        try (Database database = copy()) {
            corrupt("update fund set held_micros = held_micros + 1 where kind = 'prepaid' and account_id = 1");
            assertThat(LedgerAudit.verify(database))
                    .singleElement()
                    .extracting(Finding::what)
                    .asString()
                    .matches("fund \\d+ \\(prepaid\\) holds \\d+, its open requests \\d+");
        }
    }

    @Test
    void moreFindingsThanAnyoneReadsAreCutShort() throws Exception {
        try (Database database = copy()) {
            corrupt("insert into ledger_transaction (id, kind, account_id, at) with recursive n(i) as"
                    + " (select 1 union all select i + 1 from n where i < 300) select i, 'top_up', 1, 0 from n");
            assertThat(LedgerAudit.verify(database))
                    .hasSize(LedgerAudit.FINDINGS_MAX + 1)
                    .last()
                    .extracting(Finding::what)
                    .isEqualTo("and more");
        }
    }

    @Test
    void postgresqlIsAuditedByTheSameLaws() {
        DatabaseSettings settings = new DatabaseSettings(data, TestPostgres.freshDatabase());
        try (LedgerFixture fixture = new LedgerFixture(settings)) {
            live(fixture);
            assertThat(LedgerAudit.verify(fixture.database)).isEmpty();

            fixture.database.write(handle -> handle.execute("update usage_day set cost_micros = cost_micros + 1")
                    + handle.execute("update fund set held_micros = held_micros + 1 where kind = 'prepaid'")
                    + handle.execute("update request set completion_tokens = 4 where status = 2")
                    + handle.execute("update price set completion_micros = completion_micros + 1000000"));
            assertThat(LedgerAudit.verify(fixture.database).stream()
                            .map(Finding::law)
                            .distinct())
                    .containsExactlyInAnyOrder(
                            AuditLaw.USAGE.title(),
                            AuditLaw.USED_BY_KEYS.title(),
                            AuditLaw.USED_BY_ACCOUNTS.title(),
                            AuditLaw.HELD_OF_FUNDS.title(),
                            AuditLaw.VOIDED.title(),
                            COSTS);
        }
    }

    /** Open before it is broken: opening looks at the constraints of the schema, and the audit is to find what nothing else does. */
    private Database copy() throws IOException {
        Files.copy(healthy.resolve("carafe.db"), data.resolve("carafe.db"));
        return Database.open(DatabaseSettings.sqlite(data));
    }

    private void corrupt(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("carafe.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("pragma foreign_keys = off");
            statement.execute("pragma ignore_check_constraints = on");
            for (String part : sql.split(";", -1)) {
                assertThat(statement.executeUpdate(part)).as(part).isPositive();
            }
        }
    }
}
