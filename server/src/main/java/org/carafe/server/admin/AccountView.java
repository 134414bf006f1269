package org.carafe.server.admin;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.carafe.server.accounts.AccountBalances;
import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.accounts.FundBalance;
import org.carafe.server.accounts.Limits;
import org.carafe.server.ledger.Credits;
import org.carafe.server.ledger.Periods;
import org.jspecify.annotations.Nullable;

/**
 * An account as answers show it; amounts are credits.
 *
 * @param balance of all its funds; what requests hold is still in it
 * @param held reserved by requests that run
 * @param spent all that its requests have cost
 * @param available what new requests may hold: balance - held + overdraft
 * @param monthly null: it has no such allowance
 * @param daily null: it has no such allotment
 * @param limits in force, the plan's filled in
 */
public record AccountView(
        String name,
        BigDecimal balance,
        BigDecimal held,
        BigDecimal spent,
        BigDecimal available,
        @Nullable String plan,
        String errorStyle,
        boolean disabled,
        Fund prepaid,
        @Nullable Allowance monthly,
        @Nullable Allowance daily,
        BigDecimal overdraft,
        @Nullable BigDecimal lowBalance,
        Limits limits,
        int priorityMax,
        Map<String, String> metadata,
        @Nullable Instant disabledAt,
        Instant createdAt) {
    /** Credits that were paid in advance. */
    public record Fund(BigDecimal balance, BigDecimal held) {}

    /** Credits of a period: {@code credits} are given at its start, and what is left of them lapses with it. */
    public record Allowance(BigDecimal credits, BigDecimal balance, BigDecimal held, Instant renewsAt) {}

    static AccountView of(AccountBalances account, Instant now) {
        AccountSettings settings = account.account().settings();
        FundBalance prepaid = account.prepaid();
        FundBalance monthly = current(account.monthly(), account.monthlyMicros(), Periods.month(now));
        FundBalance daily = current(account.daily(), account.dailyMicros(), Periods.day(now));
        long balance = prepaid.balanceMicros() + monthly.balanceMicros() + daily.balanceMicros();
        long held = prepaid.heldMicros() + monthly.heldMicros() + daily.heldMicros();
        return new AccountView(
                account.account().name(),
                Credits.of(balance),
                Credits.of(held),
                Credits.of(account.spentMicros()),
                Credits.of(balance - held + prepaid.overdraftMicros()),
                settings.plan(),
                settings.errorStyle().word(),
                account.account().disabledAt() != null,
                new Fund(Credits.of(prepaid.balanceMicros()), Credits.of(prepaid.heldMicros())),
                allowance(account.monthlyMicros(), monthly, Periods.startOfMonth(Periods.month(now) + 1)),
                allowance(account.dailyMicros(), daily, Periods.startOfDay(Periods.day(now) + 1)),
                Credits.of(prepaid.overdraftMicros()),
                Amounts.orNull(settings.lowBalanceMicros()),
                account.limits(),
                settings.priorityMax(),
                new TreeMap<>(settings.metadata()),
                account.account().disabledAt(),
                account.account().createdAt());
    }

    /** As of this period: the ledger renews an allowance with the first request of a period, here it counts from the period's start. */
    private static FundBalance current(@Nullable FundBalance fund, @Nullable Long allowanceMicros, long period) {
        if (fund != null && fund.period() >= period) {
            return fund;
        }
        return new FundBalance(allowanceMicros == null ? 0 : allowanceMicros, 0, 0, period);
    }

    private static @Nullable Allowance allowance(@Nullable Long micros, FundBalance fund, Instant renewsAt) {
        return micros == null
                ? null
                : new Allowance(
                        Credits.of(micros), Credits.of(fund.balanceMicros()), Credits.of(fund.heldMicros()), renewsAt);
    }
}
