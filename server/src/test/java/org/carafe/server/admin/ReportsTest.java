package org.carafe.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.carafe.server.admin.ActsFixture.ACTOR;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import org.carafe.inference.engine.Usage;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.UsageBy;
import org.carafe.server.ledger.HoldRequest;
import org.carafe.server.ledger.HoldResult;
import org.carafe.server.ledger.Ledger;
import org.carafe.server.ledger.LedgerListener;
import org.carafe.server.ledger.TestPostgres;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reports say of requests that were really held and posted. */
final class ReportsTest {
    private static final LocalDate FIRST_DAY = LocalDate.of(2026, 3, 10);

    @TempDir
    private Path data;

    @Test
    void reportsEqualTheLedger() {
        everyReport(DatabaseSettings.sqlite(data));
    }

    @Test
    void reportsEqualTheLedgerOnPostgresql() {
        everyReport(new DatabaseSettings(data, TestPostgres.freshDatabase()));
    }

    private static void everyReport(DatabaseSettings settings) {
        try (ActsFixture fixture = new ActsFixture(settings)) {
            KeyView blue = account(fixture, "blue");
            KeyView red = account(fixture, "red");
            fixture.acts.prices().set(ACTOR, "cheap", 1_000_000, null, 2_000_000);
            fixture.acts.prices().set(ACTOR, "dear", 10_000_000, 1_000_000L, 30_000_000);
            try (Ledger ledger = Ledger.start(
                    fixture.database,
                    fixture.ids,
                    () -> Instant.ofEpochMilli(fixture.nowMillis.get()),
                    LedgerListener.NONE)) {
                Random random = new Random(7);
                for (int i = 0; i < 40; i++) {
                    ask(
                            fixture,
                            ledger,
                            random.nextInt(3) == 0 ? red : blue,
                            random.nextBoolean() ? "cheap" : "dear",
                            random);
                    fixture.nowMillis.addAndGet(
                            Duration.ofHours(random.nextInt(4)).toMillis());
                }
            }
            for (UsageBy by : UsageBy.values()) {
                List<UsageView> rows = fixture.acts.reports().usage(by, null, null, null);
                assertThat(sum(rows))
                        .as(by.name())
                        .isEqualByComparingTo(spent(fixture, "blue").add(spent(fixture, "red")));
                assertThat(rows.stream().mapToLong(UsageView::requests).sum()).isEqualTo(40);
                assertThat(rows.stream().mapToLong(UsageView::tokens).sum())
                        .isEqualTo(fixture.number("select sum(prompt_tokens + completion_tokens) from request"));
                assertThat(sum(fixture.acts.reports().usage(by, "red", null, null)))
                        .isEqualByComparingTo(spent(fixture, "red"));
            }
            days(fixture);
            keys(fixture, blue, red);
            assertThat(fixture.acts.reports().usage(UsageBy.ACCOUNT, null, null, null))
                    .extracting(UsageView::account)
                    .containsExactlyInAnyOrder("blue", "red");
            statement(fixture);
        }
    }

    private static KeyView account(ActsFixture fixture, String name) {
        fixture.account(name);
        fixture.acts.credits().add(ACTOR, name, 100_000_000, "start", null);
        return fixture.key(name, KeySettings.named("of " + name));
    }

    private static void ask(ActsFixture fixture, Ledger ledger, KeyView key, String model, Random random) {
        long keyId = fixture.number("select id from api_key where public_id = ?", key.id());
        long accountId = fixture.number("select account_id from api_key where id = ?", keyId);
        HoldResult result = ledger.hold(new HoldRequest("r", accountId, keyId, model, 500, 200, 1, true));
        assertThat(result).isInstanceOf(HoldResult.Held.class);
        Usage used = new Usage(500, random.nextInt(500), 1 + random.nextInt(200));
        assertThat(ledger.post(((HoldResult.Held) result).hold(), used)).isPositive();
    }

    private static BigDecimal spent(ActsFixture fixture, String account) {
        return fixture.acts.accounts().show(account).spent();
    }

    private static BigDecimal sum(List<UsageView> rows) {
        return rows.stream().map(UsageView::credits).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /** Days are in order, and the first and the last of a report are both in it. */
    private static void days(ActsFixture fixture) {
        List<UsageView> days = fixture.acts.reports().usage(UsageBy.DAY, null, null, null);
        assertThat(days).extracting(UsageView::day).isSorted().first().isEqualTo(FIRST_DAY.toString());
        assertThat(fixture.acts.reports().usage(UsageBy.DAY, null, FIRST_DAY, FIRST_DAY.plusDays(1)))
                .isEqualTo(days.subList(0, 2));
        assertThat(fixture.acts.reports().usage(UsageBy.DAY, null, null, FIRST_DAY.minusDays(1)))
                .isEmpty();
    }

    private static void keys(ActsFixture fixture, KeyView blue, KeyView red) {
        List<UsageView> keys = fixture.acts.reports().usage(UsageBy.KEY, null, null, null);
        assertThat(keys)
                .extracting(UsageView::key, UsageView::name, UsageView::account)
                .containsExactlyInAnyOrder(tuple(blue.id(), "of blue", "blue"), tuple(red.id(), "of red", "red"));
        assertThat(keys.getFirst().credits())
                .isGreaterThanOrEqualTo(keys.getLast().credits());
        for (UsageView row : keys) {
            assertThat(fixture.acts.keys().show(String.valueOf(row.key())).spent())
                    .isEqualByComparingTo(row.credits());
        }
    }

    /** A statement's charges come to what was spent, and all of it to the balance. */
    private static void statement(ActsFixture fixture) {
        List<StatementView.Entry> entries =
                fixture.acts.credits().statement("blue", null, 1_000).entries();
        BigDecimal charged = entries.stream()
                .filter(entry -> entry.kind().equals("charge"))
                .map(StatementView.Entry::amount)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        assertThat(charged.negate()).isEqualByComparingTo(spent(fixture, "blue"));
        assertThat(entries.stream().map(StatementView.Entry::amount).reduce(BigDecimal.ZERO, BigDecimal::add))
                .isEqualByComparingTo(fixture.acts.accounts().show("blue").balance());
        assertThat(entries).isSortedAccordingTo((one, other) -> other.at().compareTo(one.at()));
    }
}
