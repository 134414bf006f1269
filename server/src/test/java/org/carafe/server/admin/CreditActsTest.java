package org.carafe.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carafe.server.admin.ActsFixture.ACTOR;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.carafe.server.admin.ActException.Kind;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CreditActsTest {
    @TempDir
    private Path data;

    private ActsFixture fixture;

    @BeforeEach
    void open() {
        fixture = new ActsFixture(DatabaseSettings.sqlite(data));
        fixture.account("acme");
        fixture.account("other");
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private CreditView add(String account, long micros, String reason, String key) {
        return fixture.acts.credits().add(ACTOR, account, micros, reason, key);
    }

    @Test
    void aTopUpIsThere() {
        CreditView added = fixture.acts.credits().add(ACTOR, "acme", 12_500_000, "invoice 7", null);

        assertThat(added.balance()).isEqualByComparingTo("12.5");
        assertThat(fixture.acts.accounts().show("acme").available()).isEqualByComparingTo("12.5");
        assertThat(fixture.acts.credits().statement("acme", null, 10).entries())
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.id()).isEqualTo(added.id());
                    assertThat(entry.kind()).isEqualTo("top_up");
                    assertThat(entry.fund()).isEqualTo("prepaid");
                    assertThat(entry.amount()).isEqualByComparingTo("12.5");
                    assertThat(entry.reason()).isEqualTo("invoice 7");
                    assertThat(entry.actor()).isEqualTo(ACTOR);
                });
    }

    @Test
    void aRepetitionUnderTheSameKeyAddsNothingAndAnswersTheSame() {
        CreditView first = add("acme", 5_000_000, "invoice 7", "pay-7");
        add("acme", 1_000_000, "tip", "tip");
        fixture.nowMillis.addAndGet(Duration.ofDays(30).toMillis());

        assertThat(add("acme", 5_000_000, "invoice 7", "pay-7")).isEqualTo(first);
        assertThat(fixture.acts.accounts().show("acme").balance()).isEqualByComparingTo("6");
        assertThat(fixture.number("select count(*) from audit where act = 'credits.add'"))
                .isEqualTo(2);
    }

    @Test
    void anotherBodyUnderTheSameKeyIsAConflict() {
        add("acme", 5_000_000, "invoice 7", "pay-7");

        assertThat(fixture.refused(() -> add("acme", 6_000_000, "invoice 7", "pay-7"))
                        .kind())
                .isEqualTo(Kind.CONFLICT);
        assertThat(fixture.refused(() -> add("acme", 5_000_000, "invoice 8", "pay-7"))
                        .kind())
                .isEqualTo(Kind.CONFLICT);
        assertThat(fixture.refused(() -> fixture.acts.credits().adjust(ACTOR, "acme", 5_000_000, "invoice 7", "pay-7")))
                .hasMessageContaining("'pay-7' was used with other values");
        assertThat(fixture.acts.accounts().show("acme").balance()).isEqualByComparingTo("5");
    }

    @Test
    void keysOfDifferentAccountsNeverMeet() {
        CreditView one = add("acme", 5_000_000, "invoice 7", "pay");
        CreditView other = add("other", 5_000_000, "invoice 7", "pay");

        assertThat(other.id()).isNotEqualTo(one.id());
        assertThat(fixture.acts.accounts().show("other").balance()).isEqualByComparingTo("5");
    }

    @Test
    void aKeyThatIsOverCountsAnew() {
        CreditView first = add("acme", 5_000_000, "yearly", "pay");
        fixture.nowMillis.addAndGet(Duration.ofDays(367).toMillis());

        assertThat(add("acme", 5_000_000, "yearly", "pay").id()).isNotEqualTo(first.id());
    }

    @Test
    void aCorrectionTakesNoMoreThanIsFree() {
        add("acme", 5_000_000, "invoice 7", "pay");
        assertThat(fixture.acts
                        .credits()
                        .adjust(ACTOR, "acme", -5_000_000, "typing error", null)
                        .balance())
                .isZero();
        ActException refusal =
                fixture.refused(() -> fixture.acts.credits().adjust(ACTOR, "acme", -1, "one more", null));
        assertThat(refusal).hasMessage("the account has less than 0.000001 free prepaid credits");
        assertThat(refusal.kind()).isEqualTo(Kind.CONFLICT);
    }

    @Test
    void aTransactionIsReversedOnce() {
        CreditView added = add("acme", 5_000_000, "invoice 7", "pay");
        CreditView reversed = fixture.acts.credits().reverse(ACTOR, added.id(), "bounced");

        assertThat(reversed.amount()).isEqualByComparingTo("-5");
        assertThat(reversed.balance()).isZero();
        assertThat(fixture.refused(() -> fixture.acts.credits().reverse(ACTOR, added.id(), "again")))
                .hasMessageContaining("was reversed already");
        assertThat(fixture.refused(() -> fixture.acts.credits().reverse(ACTOR, reversed.id(), "undo")))
                .hasMessageContaining("is a reversal");
        assertThat(fixture.refused(() -> fixture.acts.credits().reverse(ACTOR, "12345", "what"))
                        .kind())
                .isEqualTo(Kind.NOT_FOUND);
        assertThat(fixture.refused(() -> fixture.acts.credits().reverse(ACTOR, "1 or 1=1", "what"))
                        .kind())
                .isEqualTo(Kind.INVALID);
    }

    @Test
    void amountsHaveRangesThatCannotOverflow() {
        long most = 1_000_000_000_000_000_000L;
        assertThat(fixture.refused(() -> add("acme", 0, "nothing", "k"))).hasMessageContaining("more than 0 credits");
        assertThat(fixture.refused(() -> add("acme", most + 1, "much", "k"))).hasMessageContaining("between 0 and");
        assertThat(fixture.refused(() -> add("acme", 5, " ", "k"))).hasMessageContaining("a reason");
        add("acme", most, "all there is", "k1");
        assertThat(fixture.refused(() -> add("acme", 1, "more", "k2")))
                .hasMessageContaining("would have more than 1000000000000 credits");
    }

    @Test
    void aStatementGoesOnFromItsCursorNewestFirst() {
        for (int i = 1; i <= 7; i++) {
            fixture.nowMillis.addAndGet(i % 2);
            add("acme", i, "number " + i, "k" + i);
            add("other", 1, "not ours", "k" + i);
        }
        List<String> reasons = new ArrayList<>();
        String cursor = null;
        do {
            StatementView page = fixture.acts.credits().statement("acme", cursor, 3);
            page.entries().forEach(entry -> reasons.add(String.valueOf(entry.reason())));
            cursor = page.nextCursor();
        } while (cursor != null);

        assertThat(reasons)
                .containsExactly("number 7", "number 6", "number 5", "number 4", "number 3", "number 2", "number 1");
        assertThat(fixture.refused(() -> fixture.acts.credits().statement("acme", "1.2.x'y", 3))
                        .kind())
                .isEqualTo(Kind.INVALID);
    }
}
