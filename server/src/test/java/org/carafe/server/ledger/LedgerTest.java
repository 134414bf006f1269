package org.carafe.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.carafe.server.ledger.LedgerFixture.asking;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.carafe.inference.engine.Usage;
import org.carafe.server.ledger.LedgerFixture.Funding;
import org.carafe.server.ledger.Postings.PostingException;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.ledger.db.LedgerUnavailableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LedgerTest {
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

    @Test
    void aHoldTakesTheWorstCaseAndAPostGivesBackTheRest() {
        long account = fixture.account("a", Funding.prepaid(1_000));
        long key = fixture.key(account, "k");
        OpenHold hold = fixture.held(asking(account, key, 100, 50));
        assertThat(fixture.heldMicros(account)).isEqualTo(700);
        assertThat(fixture.balance(account)).isEqualTo(1_000);
        assertThat(fixture.ledger.post(hold, new Usage(100, 40, 20))).isEqualTo(360);
        assertThat(fixture.heldMicros(account)).isZero();
        assertThat(fixture.balance(account)).isEqualTo(640);
        assertThat(fixture.number("select balance_micros from fund where kind = 'earned'"))
                .isEqualTo(360);
    }

    @Test
    void whatCannotBePaidForIsRefusedAndChangesNothing() {
        long account = fixture.account("a", Funding.prepaid(699));
        long key = fixture.key(account, "k");
        Refusal refusal = fixture.refused(asking(account, key, 100, 50));
        assertThat(refusal.kind()).isEqualTo(Refusal.Kind.CREDITS);
        assertThat(refusal.asked()).isEqualTo(700);
        assertThat(fixture.number("select count(*) from request")).isZero();
        assertThat(fixture.number("select day_requests from key_meter where key_id = ?", key))
                .isZero();
    }

    @Test
    void aRequestWithoutAMaximumTakesHalfOfWhatIsFree() {
        long account = fixture.account("a", Funding.prepaid(100_000));
        long key = fixture.key(account, "k");
        HoldRequest unasked = new HoldRequest("r", account, key, LedgerFixture.MODEL, 100, 100_000, 1, false);
        var first = (HoldResult.Held) fixture.ledger.hold(unasked);
        assertThat(first.completionTokensMax()).isEqualTo((50_000 - 200) / 10);
        var second = (HoldResult.Held) fixture.ledger.hold(unasked);
        assertThat(second.completionTokensMax()).isEqualTo((25_000 - 200) / 10);
    }

    @Test
    void theDaysAllotmentIsUsedFirstAndIsThereAgainTomorrow() {
        long account = fixture.account("a", new Funding(1_000, 500L, 300L, null));
        long key = fixture.key(account, "k");
        OpenHold hold = fixture.held(asking(account, key, 0, 100));
        assertThat(hold.heldDaily()).isEqualTo(300);
        assertThat(hold.heldMonthly()).isEqualTo(500);
        assertThat(hold.heldPrepaid()).isEqualTo(200);
        fixture.ledger.post(hold, new Usage(0, 0, 40));
        assertThat(fixture.balance(account)).isEqualTo(1_400);
        fixture.nowMillis.addAndGet(Duration.ofDays(1).toMillis());
        OpenHold next = fixture.held(asking(account, key, 0, 1));
        assertThat(next.heldDaily()).isEqualTo(10);
        assertThat(fixture.balance(account)).isEqualTo(1_700);
    }

    @Test
    void whatIsHeldOverMidnightLapsesWhenItIsNotUsed() {
        long account = fixture.account("a", new Funding(0, null, 300L, null));
        long key = fixture.key(account, "k");
        OpenHold hold = fixture.held(asking(account, key, 0, 20));
        fixture.nowMillis.addAndGet(Duration.ofDays(1).toMillis());
        fixture.held(asking(account, key, 0, 30));
        fixture.ledger.post(hold, new Usage(0, 0, 5));
        assertThat(fixture.balance(account)).as("today's, all of it held").isEqualTo(300);
        assertThat(fixture.heldMicros(account)).isEqualTo(300);
    }

    @Test
    void aSpentAllotmentSaysWhenThereIsMore() {
        long account = fixture.account("a", new Funding(0, null, 300L, null));
        long key = fixture.key(account, "k");
        fixture.ledger.post(fixture.held(asking(account, key, 0, 30)), new Usage(0, 0, 30));
        Refusal refusal = fixture.refused(asking(account, key, 0, 30));
        assertThat(refusal.kind()).isEqualTo(Refusal.Kind.DAILY_CREDITS);
        assertThat(refusal.limit()).isEqualTo(300);
        assertThat(refusal.used()).isEqualTo(300);
        assertThat(refusal.resetsAt()).isEqualTo(Instant.parse("2026-03-11T00:00:00Z"));
        assertThat(fixture.refused(asking(account, key, 0, 31)).kind()).isEqualTo(Refusal.Kind.CREDITS);
    }

    @Test
    void aHoldEndsOnce() {
        long account = fixture.account("a", Funding.prepaid(1_000));
        long key = fixture.key(account, "k");
        OpenHold hold = fixture.held(asking(account, key, 0, 50));
        assertThat(fixture.ledger.post(hold, new Usage(0, 0, 50))).isEqualTo(500);
        fixture.ledger.release(hold);
        assertThat(fixture.ledger.post(hold, new Usage(0, 0, 50))).isZero();
        assertThat(fixture.balance(account)).isEqualTo(500);
    }

    @Test
    void aKeysBudgetCapsWhatItHoldsAndSpends() {
        long account = fixture.account("a", Funding.prepaid(10_000));
        long key = fixture.key(account, "k", 1_000L);
        OpenHold hold = fixture.held(asking(account, key, 0, 60));
        assertThat(fixture.refused(asking(account, key, 0, 41)).kind()).isEqualTo(Refusal.Kind.KEY_BUDGET);
        fixture.ledger.post(hold, new Usage(0, 0, 10));
        fixture.held(asking(account, key, 0, 90));
        assertThat(fixture.refused(asking(account, key, 0, 1)).kind()).isEqualTo(Refusal.Kind.KEY_BUDGET);
    }

    @Test
    void aRevokedKeyHoldsNothingMore() {
        long account = fixture.account("a", Funding.prepaid(10_000));
        long key = fixture.key(account, "k");
        fixture.held(asking(account, key, 0, 1));
        fixture.revoke(key);
        assertThat(fixture.refused(asking(account, key, 0, 1)).kind()).isEqualTo(Refusal.Kind.KEY_REVOKED);
    }

    @Test
    void openHoldsAreTheLeasesOfConcurrentRequests() {
        long account = fixture.account("a", new Funding(10_000, null, null, 2L));
        long key = fixture.key(account, "k");
        OpenHold hold = fixture.held(asking(account, key, 0, 1));
        fixture.held(asking(account, key, 0, 1));
        assertThat(fixture.refused(asking(account, key, 0, 1)).kind()).isEqualTo(Refusal.Kind.CONCURRENT);
        fixture.ledger.release(hold);
        fixture.held(asking(account, key, 0, 1));
    }

    private static final long MOST_AT_ONCE = Credits.CREDITS_MAX * Credits.MICROS;

    private void giveOutAllThatCanBeCounted() {
        for (int i = 0; i < Postings.BALANCE_MAX / MOST_AT_ONCE; i++) {
            fixture.account("rich" + i, Funding.prepaid(MOST_AT_ONCE));
        }
    }

    @Test
    void noMoreCreditsAreGivenOutThanCanBeCounted() {
        giveOutAllThatCanBeCounted();
        assertThatThrownBy(() -> fixture.account("b", Funding.prepaid(1)))
                .isInstanceOf(PostingException.class)
                .hasMessageContaining("9000000000000 credits");
        assertThat(fixture.number(
                        "select count(*) from fund where kind = 'issued' and typeof(balance_micros) = 'integer'"))
                .isEqualTo(1);
        assertThat(fixture.number("select sum(balance_micros / 1000000) from fund"))
                .isZero();
    }

    @Test
    void anAccountWhoseGrantCannotBeCountedFailsAlone() throws InterruptedException {
        giveOutAllThatCanBeCounted();
        long broken = fixture.account("broken", new Funding(0, null, 1_000L, null));
        long healthy = fixture.account("healthy", Funding.prepaid(0));
        long brokenKey = fixture.key(broken, "broken");
        long healthyKey = fixture.key(healthy, "healthy");
        AtomicInteger answered = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            boolean well = i % 2 == 0;
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    fixture.ledger.hold(asking(well ? healthy : broken, well ? healthyKey : brokenKey, 1, 1));
                    answered.incrementAndGet();
                } catch (LedgerUnavailableException e) {
                    failed.incrementAndGet();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failed).hasValue(50);
        assertThat(answered).hasValue(50);
    }

    @Test
    void everyStreamIsNotedHoweverManyThereAre() throws InterruptedException {
        int streams = 2_500;
        long account = fixture.account("a", Funding.prepaid(1_000_000_000));
        long key = fixture.key(account, "k");
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            threads.add(Thread.ofVirtual()
                    .start(() -> fixture.ledger.note(fixture.held(asking(account, key, 10, 10)), new Usage(10, 0, 7))));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        fixture.ledger.step();
        assertThat(fixture.number("select count(*) from request where status = 0 and completion_tokens = 7"))
                .isEqualTo(streams);
    }
}
