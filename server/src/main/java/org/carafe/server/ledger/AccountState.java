package org.carafe.server.ledger;

import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An account inside a transaction: its funds, its meter, its keys that took part, its open requests. Nobody else changes it meanwhile. */
final class AccountState {
    final long id;
    final Terms.OfAccount terms;
    final MeterState meter;
    final EnumMap<FundKind, FundState> funds = new EnumMap<>(FundKind.class);
    final Map<Long, KeyState> keys = new HashMap<>();
    /** Of those keys, by id: a key and its successors have one. */
    final Map<Long, MeterState> keyMeters = new HashMap<>();

    /** Open requests by the meter of their keys; null: not counted, as nothing limits them. */
    @Nullable
    Map<Long, Long> openByMeter;

    /** A key inside a transaction. Its meter may be another's too. */
    record KeyState(long id, Terms.OfKey terms, MeterState meter) {}

    AccountState(long id, Terms.OfAccount terms, MeterState meter, Iterable<FundState> funds) {
        this.id = id;
        this.terms = terms;
        this.meter = meter;
        for (FundState fund : funds) {
            this.funds.put(fund.kind, fund);
        }
    }

    /** What holds may take. */
    long availableMicros() {
        long sum = 0;
        for (FundState fund : funds.values()) {
            sum += fund.availableMicros();
        }
        return sum;
    }

    /** What holds may take then, should nothing happen until then: what is over by then lapses and is granted anew. */
    long availableMicrosAt(Instant then) {
        long sum = 0;
        for (FundState fund : funds.values()) {
            sum += switch (fund.kind) {
                case DAILY -> availableMicros(fund, Periods.day(then), terms.dailyMicros());
                case MONTHLY -> availableMicros(fund, Periods.month(then), terms.monthlyMicros());
                case PREPAID, ISSUED, EARNED -> fund.availableMicros();
            };
        }
        return sum;
    }

    private static long availableMicros(FundState fund, long period, @Nullable Long allowance) {
        return period <= fund.period ? fund.availableMicros() : fund.renewedMicros(allowance == null ? 0 : allowance);
    }

    long open() {
        long sum = 0;
        if (openByMeter != null) {
            for (long count : openByMeter.values()) {
                sum += count;
            }
        }
        return sum;
    }

    long openOf(KeyState key) {
        return openByMeter == null ? 0 : openByMeter.getOrDefault(key.terms().meterId(), 0L);
    }

    /** @param count 1 or -1 */
    void countOpen(KeyState key, long count) {
        if (openByMeter != null) {
            openByMeter.merge(key.terms().meterId(), count, Long::sum);
        }
    }

    /** The allowance of the shortest period that it has. */
    @Nullable
    Allowance allowance() {
        FundState daily = funds.get(FundKind.DAILY);
        if (daily != null && terms.dailyMicros() != null) {
            return allowance(daily, terms.dailyMicros(), Periods.startOfDay(daily.period + 1));
        }
        FundState monthly = funds.get(FundKind.MONTHLY);
        if (monthly != null && terms.monthlyMicros() != null) {
            return allowance(monthly, terms.monthlyMicros(), Periods.startOfMonth(monthly.period + 1));
        }
        return null;
    }

    private static Allowance allowance(FundState fund, long limitMicros, Instant resetsAt) {
        return new Allowance(fund.kind, limitMicros, Math.max(0, fund.freeMicros()), resetsAt);
    }
}
