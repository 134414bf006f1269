package org.carafe.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carafe.server.admin.ActsFixture.ACTOR;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.accounts.ErrorStyle;
import org.carafe.server.accounts.Limits;
import org.carafe.server.accounts.PlanSettings;
import org.carafe.server.admin.ActException.Kind;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AccountActsTest {
    private static final AccountSettings ALL = new AccountSettings(
            null,
            ErrorStyle.FLAT,
            100_000_000L,
            2_500_000L,
            5_000_000,
            new Limits(10L, 20L, 30L, 40L, 50L),
            1_000_000L,
            3,
            Map.of("crm", "4711"));

    @TempDir
    private Path data;

    private ActsFixture fixture;

    @BeforeEach
    void open() {
        fixture = new ActsFixture(DatabaseSettings.sqlite(data));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void anAccountIsShownAsItWasMade() {
        AccountView made = fixture.acts.accounts().create(ACTOR, "acme", ALL);

        assertThat(fixture.acts.accounts().show("acme")).isEqualTo(made);
        assertThat(made.errorStyle()).isEqualTo("flat");
        assertThat(made.limits()).isEqualTo(ALL.limits());
        assertThat(made.balance()).isEqualByComparingTo("102.5");
        assertThat(made.available()).isEqualByComparingTo("107.5");
        assertThat(made.monthly())
                .isEqualTo(new AccountView.Allowance(
                        new BigDecimal("100"),
                        new BigDecimal("100"),
                        BigDecimal.ZERO,
                        Instant.parse("2026-04-01T00:00:00Z")));
        assertThat(made.daily())
                .isNotNull()
                .satisfies(daily -> assertThat(daily.renewsAt()).isEqualTo("2026-03-11T00:00:00Z"));
        assertThat(made.metadata()).containsExactly(Map.entry("crm", "4711"));
        assertThat(made.createdAt()).isEqualTo(fixture.now());
    }

    @Test
    void aPlanFillsInWhatAnAccountDoesNotSay() {
        fixture.acts
                .plans()
                .create(ACTOR, "gold", new PlanSettings(7_000_000L, null, new Limits(9L, 8L, null, null, null)));
        AccountSettings onPlan = new AccountSettings(
                "gold", ErrorStyle.OPENAI, null, null, 0, new Limits(1L, null, null, null, null), null, 0, Map.of());
        AccountView made = fixture.acts.accounts().create(ACTOR, "acme", onPlan);

        assertThat(made.balance()).isEqualByComparingTo("7");
        assertThat(made.limits()).isEqualTo(new Limits(1L, 8L, null, null, null));
        assertThat(fixture.number("select count(*) from fund where account_id is not null and kind = 'monthly'"))
                .isEqualTo(1);
    }

    @Test
    void anAllowanceThatAPlanGetsLaterHasAFundInEveryAccount() {
        fixture.acts.plans().create(ACTOR, "gold", PlanSettings.DEFAULTS);
        for (String name : new String[] {"a", "b"}) {
            fixture.account(name);
            fixture.acts.accounts().update(ACTOR, name, settings -> onPlan(settings, "gold"));
        }
        fixture.account("alone");
        fixture.acts.plans().set(ACTOR, "gold", settings -> new PlanSettings(null, 1_000_000L, settings.limits()));

        assertThat(fixture.number("select count(*) from fund where kind = 'daily'"))
                .isEqualTo(2);
        assertThat(fixture.acts.accounts().show("b").balance()).isEqualByComparingTo("1");
        assertThat(fixture.acts.accounts().show("alone").balance()).isZero();
    }

    private static AccountSettings onPlan(AccountSettings settings, String plan) {
        return new AccountSettings(
                plan,
                settings.errorStyle(),
                settings.monthlyMicros(),
                settings.dailyMicros(),
                settings.overdraftMicros(),
                settings.limits(),
                settings.lowBalanceMicros(),
                settings.priorityMax(),
                settings.metadata());
    }

    @Test
    void anUpdateChangesWhatItSaysAndKeepsTheRest() {
        fixture.acts.accounts().create(ACTOR, "acme", ALL);
        fixture.acts.plans().create(ACTOR, "gold", PlanSettings.DEFAULTS);
        AccountView updated = fixture.acts.accounts().update(ACTOR, "acme", settings -> onPlan(settings, "gold"));

        assertThat(updated.plan()).isEqualTo("gold");
        assertThat(updated.limits()).isEqualTo(ALL.limits());
        assertThat(updated.lowBalance()).isEqualByComparingTo("1");
    }

    @Test
    void anOverdraftIsNotTakenAwayFromAnAccountThatUsesIt() {
        fixture.acts.accounts().create(ACTOR, "acme", ALL);
        fixture.acts.credits().adjust(ACTOR, "acme", -4_000_000, "used elsewhere", null);

        ActException refusal = fixture.refused(
                () -> fixture.acts.accounts().update(ACTOR, "acme", settings -> AccountSettings.DEFAULTS));
        assertThat(refusal).hasMessageContaining("4 credits below zero");
        assertThat(refusal.kind()).isEqualTo(Kind.CONFLICT);
    }

    @Test
    void aNameIsTakenOnce() {
        fixture.account("acme");
        assertThat(fixture.refused(() -> fixture.account("acme")).kind()).isEqualTo(Kind.CONFLICT);
        fixture.acts.plans().create(ACTOR, "gold", PlanSettings.DEFAULTS);
        assertThat(fixture.refused(() -> fixture.acts.plans().create(ACTOR, "gold", PlanSettings.DEFAULTS))
                        .kind())
                .isEqualTo(Kind.CONFLICT);
    }

    @Test
    void whatIsNotThereIsNamed() {
        ActException missing = fixture.refused(() -> fixture.acts.accounts().show("nobody"));
        assertThat(missing).hasMessage("there is no account 'nobody'");
        assertThat(missing.kind()).isEqualTo(Kind.NOT_FOUND);
        ActException plan = fixture.refused(
                () -> fixture.acts.accounts().create(ACTOR, "acme", onPlan(AccountSettings.DEFAULTS, "platinum")));
        assertThat(plan).hasMessage("there is no plan 'platinum'");
        assertThat(plan.kind()).isEqualTo(Kind.INVALID);
    }

    @Test
    void amountsAndLimitsHaveRanges() {
        assertThat(refused(new AccountSettings(null, ErrorStyle.OPENAI, -1L, null, 0, Limits.NONE, null, 0, Map.of())))
                .contains("monthly credits", "-0.000001");
        assertThat(refused(new AccountSettings(
                        null, ErrorStyle.OPENAI, null, null, Long.MAX_VALUE, Limits.NONE, null, 0, Map.of())))
                .contains("an overdraft", "1000000000000");
        assertThat(refused(new AccountSettings(
                        null,
                        ErrorStyle.OPENAI,
                        null,
                        null,
                        0,
                        new Limits(0L, null, null, null, null),
                        null,
                        0,
                        Map.of())))
                .contains("requests per minute", "not 0");
        assertThat(refused(new AccountSettings(
                        null, ErrorStyle.OPENAI, null, null, 0, Limits.NONE, null, -1_000_001, Map.of())))
                .contains("priority");
        assertThat(refused(new AccountSettings(
                        null, ErrorStyle.OPENAI, null, null, 0, Limits.NONE, null, 0, Map.of("a", "x".repeat(513)))))
                .contains("metadata", "512");
    }

    private String refused(AccountSettings settings) {
        ActException refusal = fixture.refused(() -> fixture.acts.accounts().create(ACTOR, "acme", settings));
        assertThat(refusal.kind()).isEqualTo(Kind.INVALID);
        return String.valueOf(refusal.getMessage());
    }

    @Test
    void aDisabledAccountSaysSoAndCanBeEnabledAgain() {
        fixture.account("acme");
        assertThat(fixture.acts.accounts().disable(ACTOR, "acme").disabled()).isTrue();
        assertThat(fixture.acts.accounts().disable(ACTOR, "acme").disabledAt()).isEqualTo(fixture.now());
        assertThat(fixture.acts.accounts().enable(ACTOR, "acme").disabled()).isFalse();
        assertThat(fixture.acts.reports().audit(null, 10).entries())
                .extracting(AuditView.Entry::act)
                .containsExactly("accounts.enable", "accounts.disable", "accounts.create");
    }

    @Test
    void aListGoesOnAfterItsLastName() {
        for (String name : new String[] {"c", "a", "b"}) {
            fixture.account(name);
        }
        assertThat(fixture.acts.accounts().list("", 2))
                .extracting(AccountView::name)
                .containsExactly("a", "b");
        assertThat(fixture.acts.accounts().list("b", 2))
                .extracting(AccountView::name)
                .containsExactly("c");
        assertThat(fixture.refused(() -> fixture.acts.accounts().list("", 1_001)))
                .hasMessage("the number of rows must be between 1 and 1000, not 1001");
    }

    @Test
    void everyActIsAuditedAndTellsRunningServers() {
        long version = fixture.number("select version from settings_version");
        fixture.acts.accounts().create("key_0123", "acme", ALL);

        assertThat(fixture.number("select version from settings_version")).isEqualTo(version + 1);
        assertThat(fixture.changes).hasValue(1);
        assertThat(fixture.acts.reports().audit(null, 1).entries())
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.actor()).isEqualTo("key_0123");
                    assertThat(entry.act()).isEqualTo("accounts.create");
                    assertThat(entry.subject()).isEqualTo("acme");
                    assertThat(entry.details())
                            .containsEntry("monthly_micros", 100_000_000)
                            .doesNotContainKey("plan");
                    assertThat(entry.at()).isEqualTo(fixture.now());
                });
    }
}
