package org.carafe.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carafe.server.ledger.LedgerFixture.asking;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.carafe.inference.engine.Usage;
import org.carafe.server.ledger.LedgerFixture.Funding;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that waits as long as a refusal says gets in; where it says nothing, no wait helps. */
final class RefusalTimesTest {
    private static final int ACCOUNTS = 80;
    private static final Instant NEXT_DAY = Instant.parse("2026-03-11T00:00:00Z");
    private static final Instant NEXT_MONTH = Instant.parse("2026-04-01T00:00:00Z");

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

    /** Uses that many micro-credits, in tens. */
    private void spend(long account, long key, long micros) {
        fixture.ledger.post(fixture.held(asking(account, key, 0, micros / 10)), new Usage(0, 0, (int) (micros / 10)));
    }

    private Refusal refused(long account, long key, long micros) {
        return fixture.refused(asking(account, key, 0, micros / 10));
    }

    /** As an administrator does. */
    private void change(String sql, Object... parameters) {
        fixture.database.write(handle -> {
            handle.execute(sql, parameters);
            return handle.execute("update settings_version set version = version + 1");
        });
    }

    private void to(Instant instant) {
        fixture.nowMillis.set(instant.toEpochMilli());
    }

    @Test
    void aSpentMonthSaysWhenTheNextOneBegins() {
        long account = fixture.account("a", new Funding(0, 1_000L, null, null));
        long key = fixture.key(account, "k");
        spend(account, key, 700);
        Refusal refusal = refused(account, key, 310);
        assertThat(refusal).isEqualTo(month(1_000, 700, 310));
        assertThat(refused(account, key, 1_010))
                .isEqualTo(new Refusal(Refusal.Kind.CREDITS, Refusal.Subject.ACCOUNT, 300, 0, 1_010, null));
        to(NEXT_MONTH);
        fixture.held(asking(account, key, 0, 31));
    }

    private static Refusal month(long limit, long used, long asked) {
        return new Refusal(Refusal.Kind.MONTHLY_CREDITS, Refusal.Subject.ACCOUNT, limit, used, asked, NEXT_MONTH);
    }

    @Test
    void theEarlierOfDayAndMonthThatCoversTheRequestIsTold() {
        long account = fixture.account("a", new Funding(0, 1_000L, 100L, null));
        long key = fixture.key(account, "k");
        spend(account, key, 1_100);
        assertThat(refused(account, key, 100).resetsAt()).isEqualTo(NEXT_DAY);
        assertThat(refused(account, key, 100).kind()).isEqualTo(Refusal.Kind.DAILY_CREDITS);
        assertThat(refused(account, key, 110)).isEqualTo(month(1_000, 1_000, 110));
        assertThat(refused(account, key, 1_100).resetsAt()).isEqualTo(NEXT_MONTH);
        assertThat(refused(account, key, 1_110).resetsAt()).isNull();
    }

    @Test
    void prepaidCreditsCountAtEveryTime() {
        long account = fixture.account("a", new Funding(50, 1_000L, null, null));
        long key = fixture.key(account, "k");
        spend(account, key, 1_000);
        assertThat(refused(account, key, 1_050).resetsAt()).isEqualTo(NEXT_MONTH);
        assertThat(refused(account, key, 1_060).resetsAt()).isNull();
    }

    @Test
    void noTimeIsToldThatTheKeyWillNotSee() {
        long account = fixture.account("a", new Funding(0, 1_000L, 100L, null));
        long key = fixture.key(account, "k");
        spend(account, key, 1_100);
        change("update api_key set expires_at = ?", NEXT_MONTH.toEpochMilli());
        assertThat(refused(account, key, 100).resetsAt()).isEqualTo(NEXT_DAY);
        assertThat(refused(account, key, 110).kind()).isEqualTo(Refusal.Kind.CREDITS);
        assertThat(refused(account, key, 110).resetsAt()).isNull();
    }

    @Test
    void theNextDayIsNotToldToAKeyThatExpiresBefore() {
        long account = fixture.account("a", Funding.prepaid(10_000));
        long key = fixture.key(account, "k");
        spend(account, key, 100);
        for (String limit : new String[] {
            "update api_key set requests_per_day = 1, tokens_per_day = null",
            "update api_key set requests_per_day = null, tokens_per_day = 10",
            "update account set requests_per_day = 1",
            "update account set requests_per_day = null, tokens_per_day = 10"
        }) {
            change("update api_key set requests_per_day = null, tokens_per_day = null");
            change(limit);
            change("update api_key set expires_at = ?", NEXT_DAY.toEpochMilli() + 1);
            assertThat(refused(account, key, 50).resetsAt()).as(limit).isEqualTo(NEXT_DAY);
            change("update api_key set expires_at = ?", NEXT_DAY.toEpochMilli());
            assertThat(refused(account, key, 50).resetsAt()).as(limit).isNull();
        }
    }

    @Test
    void ofSeveralThingsInTheWayTheOneThatStaysLongestIsTold() {
        long account = fixture.account("a", new Funding(0, 1_000L, null, 1L));
        long key = fixture.key(account, "k", 1_500L);
        change("update api_key set requests_per_day = 1");
        spend(account, key, 1_000);
        assertThat(refused(account, key, 0).kind()).isEqualTo(Refusal.Kind.REQUESTS_PER_DAY);
        assertThat(refused(account, key, 10).kind()).isEqualTo(Refusal.Kind.MONTHLY_CREDITS);
        assertThat(refused(account, key, 510).kind()).isEqualTo(Refusal.Kind.KEY_BUDGET);
        change("update api_key set requests_per_day = 2");
        fixture.held(asking(account, key, 0, 0));
        change("update api_key set requests_per_day = 3");
        assertThat(refused(account, key, 0).kind()).isEqualTo(Refusal.Kind.CONCURRENT);
        assertThat(refused(account, key, 10).kind()).isEqualTo(Refusal.Kind.MONTHLY_CREDITS);
    }

    @Test
    void whoeverWaitsThatLongGetsInAndNobodyDoesBefore() {
        Random random = new Random(20_261_122);
        int waited = 0;
        int inVain = 0;
        for (int i = 0; i < ACCOUNTS; i++) {
            long account = fixture.account(
                    "a" + i, new Funding(10L * random.nextInt(30), some(random, 100), some(random, 20), null));
            long key = fixture.key(account, "k" + i);
            long free = free(account, key);
            spend(account, key, random.nextInt(4) == 0 ? 0 : 10 * random.nextLong(free / 10 + 1));
            long asked = free(account, key) + 10 + 10L * random.nextInt(60);
            Refusal refusal = refused(account, key, asked);
            Instant then = refusal.resetsAt();
            if (then == null) {
                inVain++;
                for (int day = 0; day < 33; day++) {
                    to(Periods.startOfDay(Periods.day(fixture.clock.instant()) + 1));
                    refused(account, key, asked);
                }
            } else {
                waited++;
                to(then.minusMillis(1));
                assertThat(refused(account, key, asked).resetsAt()).isEqualTo(then);
                to(then);
                fixture.ledger.release(fixture.held(asking(account, key, 0, asked / 10)));
            }
            fixture.nowMillis.addAndGet(Duration.ofHours(random.nextInt(900)).toMillis());
        }
        assertThat(waited).isGreaterThan(10);
        assertThat(inVain).isGreaterThan(10);
        assertThat(LedgerAudit.verify(fixture.database)).isEmpty();
    }

    private static @Nullable Long some(Random random, int tensMax) {
        return random.nextInt(3) == 0 ? null : 10L * random.nextInt(tensMax);
    }

    /** What the account may hold now, once its periods have turned. */
    private long free(long account, long key) {
        fixture.ledger.release(fixture.held(asking(account, key, 0, 0)));
        return fixture.balance(account);
    }
}
