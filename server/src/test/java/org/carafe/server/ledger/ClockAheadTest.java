package org.carafe.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.carafe.inference.engine.Usage;
import org.carafe.server.ledger.LedgerFixture.Funding;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.ledger.db.Dialect;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

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

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aMonthAheadIsToldAsSoonAsADayIs(Dialect dialect) {
        try (LedgerFixture fixture = fixture(dialect)) {
            long account = fixture.account("acme", new Funding(10, MONTHLY, null, null));
            long key = fixture.key(account, "k");
            pass(fixture, Duration.ofDays(30));
            use(fixture, account, key);
            pass(fixture, Duration.ofDays(-30));
            assertThat(told(fixture)).contains("the monthly allowance of account 'acme' is that of 2026-04-01");
            // 2026-03-31: the next month is one day away.
            pass(fixture, Duration.ofDays(21));
            assertThat(told(fixture)).noneMatch(warning -> warning.contains("monthly"));
        }
    }

    static Stream<Funding> fundings() {
        return Stream.of(
                new Funding(10, MONTHLY, null, null), new Funding(10, null, DAILY, null), Funding.prepaid(100));
    }

    @ParameterizedTest
    @MethodSource("fundings")
    void theLogTellsItOnceOfAnAllowanceAndOfALimit(Funding funding) {
        try (LedgerFixture fixture = fixture(Dialect.SQLITE)) {
            long account = fixture.account("acme", funding);
            long key = fixture.key(account, "k");
            assertThat(logged(() -> use(fixture, account, key))).isEmpty();
            pass(fixture, Duration.ofDays(30));
            assertThat(logged(() -> use(fixture, account, key))).isEmpty();
            pass(fixture, Duration.ofDays(-30));
            List<String> lines = logged(() -> {
                use(fixture, account, key);
                use(fixture, account, key);
            });
            assertThat(lines).hasSize(1);
            assertThat(lines.getFirst())
                    .startsWith("the clock was ahead once, or is behind now: ")
                    .contains("of account " + account + " ")
                    .contains("carafe audit verify");
        }
    }

    /** What the ledger's writer logs meanwhile. */
    private static List<String> logged(Runnable act) {
        Logger logger = (Logger) LoggerFactory.getLogger(GroupCommit.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            act.run();
        } finally {
            logger.detachAppender(lines);
        }
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static long grants(LedgerFixture fixture) {
        return fixture.number("select count(*) from ledger_transaction where kind = 'grant'");
    }
}
