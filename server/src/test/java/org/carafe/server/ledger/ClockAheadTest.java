package org.carafe.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.carafe.inference.engine.Usage;
import org.carafe.server.ledger.LedgerFixture.Funding;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.ledger.db.Dialect;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A clock that was ahead for a while: nothing is granted twice, and it is told. */
final class ClockAheadTest {
    private static final long DAILY = 100;
    private static final long MONTHLY = 1_000;

    @TempDir
    private Path data;

    private LedgerFixture fixture(Dialect dialect) {
        LedgerFixture fixture = new LedgerFixture(
                dialect == Dialect.SQLITE
                        ? DatabaseSettings.sqlite(data)
                        : new DatabaseSettings(data, TestPostgres.freshDatabase()));
        fixture.price(1, 1, 1);
        return fixture;
    }

    private static void use(LedgerFixture fixture, long account, long key) {
        OpenHold hold = fixture.held(LedgerFixture.asking(account, key, 1, 1));
        fixture.ledger.post(hold, new Usage(1, 0, 1));
    }

    private static void pass(LedgerFixture fixture, Duration time) {
        fixture.nowMillis.addAndGet(time.toMillis());
    }

    private static List<String> told(LedgerFixture fixture) {
        return ClockAudit.warnings(fixture.database, Instant.ofEpochMilli(fixture.nowMillis.get()));
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void isToldUntilItsPeriodComesAndGrantsNothingTwice(Dialect dialect) {
        try (LedgerFixture fixture = fixture(dialect)) {
            long account = fixture.account("acme", new Funding(10, MONTHLY, DAILY, null));
            long key = fixture.key(account, "k");
            use(fixture, account, key);
            assertThat(told(fixture)).isEmpty();

            pass(fixture, Duration.ofDays(900));
            use(fixture, account, key);
            long granted = grants(fixture);
            pass(fixture, Duration.ofDays(-900));
            use(fixture, account, key);
            pass(fixture, Duration.ofDays(1));
            use(fixture, account, key);

            assertThat(grants(fixture)).isEqualTo(granted);
            // 2026-03-10 and 900 days.
            assertThat(told(fixture))
                    .containsExactlyInAnyOrder(
                            "the daily allowance of account 'acme' is that of 2028-08-26",
                            "the monthly allowance of account 'acme' is that of 2028-08-01",
                            "what account 'acme' used of its limits of a day is that of 2028-08-26",
                            "what key key_k used of its limits of a day is that of 2028-08-26");
            assertThat(LedgerAudit.verify(fixture.database)).isEmpty();

            pass(fixture, Duration.ofDays(900));
            use(fixture, account, key);
            assertThat(told(fixture)).isEmpty();
            assertThat(grants(fixture)).as("the day after").isEqualTo(granted + 1);
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void anotherServersClockThatIsALittleAheadIsNotWorthTelling(Dialect dialect) {
        try (LedgerFixture fixture = fixture(dialect)) {
            long account = fixture.account("acme", new Funding(10, MONTHLY, DAILY, null));
            long key = fixture.key(account, "k");
            pass(fixture, Duration.ofDays(1));
            use(fixture, account, key);
            pass(fixture, Duration.ofDays(-1));
            assertThat(told(fixture)).isEmpty();
            pass(fixture, Duration.ofDays(-1));
            assertThat(told(fixture)).isNotEmpty();
        }
    }

    private static long grants(LedgerFixture fixture) {
        return fixture.number("select count(*) from ledger_transaction where kind = 'grant'");
    }
}
