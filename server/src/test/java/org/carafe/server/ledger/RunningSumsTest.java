package org.carafe.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carafe.server.ledger.LedgerFixture.asking;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.carafe.inference.engine.Usage;
import org.carafe.server.ledger.LedgerFixture.Funding;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What meters tell of a day, a month and all time is what the reports come to. */
final class RunningSumsTest {
    private static final int ROUNDS = 60;

    @TempDir
    Path data;

    private LedgerFixture fixture;

    @BeforeEach
    void open() {
        fixture = new LedgerFixture(DatabaseSettings.sqlite(data));
        fixture.price(2, 1, 10);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private void use(long account, long key, int prompt, int completion) {
        fixture.ledger.post(fixture.held(asking(account, key, prompt, completion)), new Usage(prompt, 0, completion));
    }

    private List<Long> sums(String period, long key) {
        return List.of(
                fixture.number("select " + period + "used_requests from key_meter where key_id = ?", key),
                fixture.number("select " + period + "used_tokens from key_meter where key_id = ?", key));
    }

    @Test
    void aDayAndAMonthBeginAfreshWithTheirFirstRequest() {
        long account = fixture.account("a", Funding.prepaid(100_000));
        long key = fixture.key(account, "k");
        use(account, key, 10, 5);
        use(account, key, 3, 2);
        fixture.ledger.release(fixture.held(asking(account, key, 10, 10)));
        assertThat(sums("day_", key)).containsExactly(2L, 20L);
        fixture.nowMillis.addAndGet(Duration.ofDays(1).toMillis());
        use(account, key, 1, 1);
        assertThat(sums("day_", key)).containsExactly(1L, 2L);
        assertThat(sums("month_", key)).containsExactly(3L, 22L);
        fixture.nowMillis.set(Instant.parse("2026-04-01T00:00:00Z").toEpochMilli());
        use(account, key, 1, 0);
        assertThat(sums("day_", key)).containsExactly(1L, 1L);
        assertThat(sums("month_", key)).containsExactly(1L, 1L);
        assertThat(sums("", key)).containsExactly(4L, 23L);
        assertThat(fixture.number("select month_from from key_meter"))
                .isEqualTo(Periods.day(Instant.parse("2026-04-01T00:00:00Z")));
        assertThat(LedgerAudit.verify(fixture.database)).isEmpty();
    }

    @Test
    void theyHoldWhateverTheClockDoesAndWhicheverKeyIsUsed() {
        Random random = new Random(22);
        long account = fixture.account("a", Funding.prepaid(10_000_000));
        long key = fixture.key(account, "k");
        long[] keys = {key, fixture.successor(key, "k2"), fixture.key(account, "other")};
        for (int i = 0; i < ROUNDS; i++) {
            OpenHold late = fixture.held(asking(account, keys[random.nextInt(3)], 5, 5));
            // Back by some hours, too: such requests are in the report of an earlier day.
            fixture.nowMillis.addAndGet(
                    Duration.ofHours(random.nextInt(-30, 300)).toMillis());
            use(account, keys[random.nextInt(3)], random.nextInt(50), random.nextInt(50));
            fixture.ledger.post(late, new Usage(5, 0, random.nextInt(5)));
            assertThat(LedgerAudit.verify(fixture.database)).isEmpty();
        }
        assertThat(fixture.number("select used_requests from account_meter where account_id = ?", account))
                .isEqualTo(2 * ROUNDS);
    }
}
