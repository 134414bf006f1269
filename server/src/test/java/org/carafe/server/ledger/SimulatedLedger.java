package org.carafe.server.ledger;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The ledger's rules as a plain program without a database, threads or batches: what the simulator compares the real one with. Written
 * from docs/ledger.md, not from the code.
 */
final class SimulatedLedger {
    static final long PROMPT_MICROS = 2;
    static final long CACHED_MICROS = 1;
    static final long COMPLETION_MICROS = 10;

    final List<Account> accounts = new ArrayList<>();
    /** Reports: day, key, model is always the same; requests, prompt, cached, completion, micros. */
    final Map<String, long[]> usage = new TreeMap<>();

    long earned;
    long issued;

    static final class Fund {
        long balance;
        long held;
        long period;
        final @Nullable Long allowance;

        Fund(@Nullable Long allowance) {
            this.allowance = allowance;
        }

        long free() {
            return balance - held;
        }
    }

    static final class Meter {
        long day;
        long requests;
        long tokens;

        void turn(long today) {
            if (today > day) {
                day = today;
                requests = 0;
                tokens = 0;
            }
        }
    }

    static final class Key {
        final long id;
        final Account account;
        final @Nullable Long budget;
        final @Nullable Long requestsPerDay;
        boolean revoked;
        long spent;
        long held;
        final Meter meter = new Meter();

        Key(long id, Account account, @Nullable Long budget, @Nullable Long requestsPerDay) {
            this.id = id;
            this.account = account;
            this.budget = budget;
            this.requestsPerDay = requestsPerDay;
        }
    }

    static final class Account {
        final long id;
        final String name;
        final Fund prepaid = new Fund(null);
        final Fund monthly;
        final Fund daily;
        final long overdraft;
        final @Nullable Long concurrentMax;
        final @Nullable Long tokensPerDay;
        final Meter meter = new Meter();
        final List<Key> keys = new ArrayList<>();
        long open;
        long spent;

        Account(
                long id,
                String name,
                @Nullable Long monthly,
                @Nullable Long daily,
                long overdraft,
                @Nullable Long concurrentMax,
                @Nullable Long tokensPerDay) {
            this.id = id;
            this.name = name;
            this.monthly = new Fund(monthly);
            this.daily = new Fund(daily);
            this.overdraft = overdraft;
            this.concurrentMax = concurrentMax;
            this.tokensPerDay = tokensPerDay;
        }

        long available() {
            return prepaid.free() + overdraft + monthly.free() + daily.free();
        }
    }

    /** A hold. */
    static final class Held {
        final Key key;
        final long prompt;
        final long granted;
        final long day;
        long fromDaily;
        long fromMonthly;
        long fromPrepaid;
        long dailyPeriod;
        long monthlyPeriod;
        long notedPrompt;
        long notedCached;
        long notedCompletion;
        boolean ended;

        Held(Key key, long prompt, long granted, long day) {
            this.key = key;
            this.prompt = prompt;
            this.granted = granted;
            this.day = day;
        }

        long total() {
            return fromDaily + fromMonthly + fromPrepaid;
        }
    }

    static long cost(long prompt, long cached, long completion) {
        return (prompt - cached) * PROMPT_MICROS + cached * CACHED_MICROS + completion * COMPLETION_MICROS;
    }

    /** New periods begin for an account that something happens to. */
    void turn(Account account, Instant now) {
        long day = Periods.day(now);
        account.meter.turn(day);
        turn(account.daily, day);
        turn(account.monthly, Periods.month(now));
    }

    private void turn(Fund fund, long period) {
        if (fund.allowance != null && period > fund.period) {
            long lapsed = fund.free();
            fund.balance += fund.allowance - lapsed;
            issued += lapsed - fund.allowance;
            fund.period = period;
        }
    }

    /** Null if it is refused. */
    @Nullable
    Held hold(Key key, long prompt, long wanted, boolean asked, Instant now) {
        Account account = key.account;
        turn(account, now);
        key.meter.turn(Periods.day(now));
        if (key.revoked
                || (account.concurrentMax != null && account.open >= account.concurrentMax)
                || (key.requestsPerDay != null && key.meter.requests >= key.requestsPerDay)) {
            return null;
        }
        long least = asked ? wanted : Math.min(wanted, 1);
        long worst = cost(prompt, 0, least);
        long tokensLeft = account.tokensPerDay == null
                ? Long.MAX_VALUE / 4
                : account.tokensPerDay - account.meter.tokens - prompt;
        long free = key.budget == null
                ? account.available()
                : Math.min(account.available(), key.budget - key.spent - key.held);
        if (tokensLeft < least || worst > free) {
            return null;
        }
        long granted = asked ? wanted : granted(prompt, wanted, free, tokensLeft);
        Held held = new Held(key, prompt, granted, account.meter.day);
        long rest = cost(prompt, 0, granted);
        held.dailyPeriod = account.daily.period;
        held.monthlyPeriod = account.monthly.period;
        held.fromDaily = Math.min(rest, account.daily.free());
        rest -= held.fromDaily;
        held.fromMonthly = Math.min(rest, account.monthly.free());
        held.fromPrepaid = rest - held.fromMonthly;
        account.daily.held += held.fromDaily;
        account.monthly.held += held.fromMonthly;
        account.prepaid.held += held.fromPrepaid;
        key.held += held.total();
        account.open++;
        account.meter.requests++;
        account.meter.tokens += prompt + granted;
        key.meter.requests++;
        key.meter.tokens += prompt + granted;
        return held;
    }

    /** Half of what is free, but a short answer where all that is free covers one. */
    private static long granted(long prompt, long wanted, long free, long tokensLeft) {
        long shortAnswer = Math.min(256, wanted);
        long byHalf = Math.floorDiv(free / 2 - prompt * PROMPT_MICROS, COMPLETION_MICROS);
        long byAll = Math.min(shortAnswer, Math.floorDiv(free - prompt * PROMPT_MICROS, COMPLETION_MICROS));
        long byCredits = Math.max(byHalf, byAll);
        long byTokens = Math.max(tokensLeft / 2, Math.min(shortAnswer, tokensLeft));
        return Math.max(Math.min(wanted, 1), Math.min(wanted, Math.min(byCredits, byTokens)));
    }

    /** Ends a hold; what it cost. */
    long end(Held held, boolean counts, long prompt, long cached, long completion, Instant now) {
        if (held.ended) {
            return 0;
        }
        held.ended = true;
        Key key = held.key;
        Account account = key.account;
        turn(account, now);
        key.meter.turn(Periods.day(now));
        long cost = counts ? cost(prompt, cached, completion) : 0;
        long daily = Math.min(cost, held.fromDaily);
        long monthly = Math.min(cost - daily, held.fromMonthly);
        long prepaid = cost - daily - monthly;
        release(account.daily, held.fromDaily, daily, held.dailyPeriod);
        release(account.monthly, held.fromMonthly, monthly, held.monthlyPeriod);
        release(account.prepaid, held.fromPrepaid, prepaid, account.prepaid.period);
        earned += cost;
        key.held -= held.total();
        key.spent += cost;
        account.spent += cost;
        account.open--;
        long used = counts ? prompt + completion : 0;
        for (Meter meter : List.of(account.meter, key.meter)) {
            if (meter.day == held.day) {
                meter.tokens += used - held.prompt - held.granted;
                meter.requests -= counts ? 0 : 1;
            }
        }
        if (counts) {
            long[] row = usage.computeIfAbsent(Periods.day(now) + "/" + key.id, name -> new long[5]);
            long[] more = {1, prompt, cached, completion, cost};
            for (int i = 0; i < row.length; i++) {
                row[i] += more[i];
            }
        }
        return cost;
    }

    private void release(Fund fund, long held, long charged, long period) {
        fund.held -= held;
        fund.balance -= charged;
        if (period != fund.period) {
            // Of a period that is over: what was not used lapses.
            fund.balance -= held - charged;
            issued += held - charged;
        }
    }

    void topUp(Account account, long micros) {
        account.prepaid.balance += micros;
        issued -= micros;
    }

    /** False if there is not so much. */
    boolean take(Account account, long micros) {
        if (account.prepaid.free() - micros < -account.overdraft) {
            return false;
        }
        topUp(account, -micros);
        return true;
    }

    /** All credits there are. */
    BigInteger sum() {
        BigInteger sum = BigInteger.valueOf(earned).add(BigInteger.valueOf(issued));
        for (Account account : accounts) {
            for (Fund fund : List.of(account.prepaid, account.monthly, account.daily)) {
                sum = sum.add(BigInteger.valueOf(fund.balance));
            }
        }
        return sum;
    }

    Map<Long, Key> keys() {
        Map<Long, Key> keys = new HashMap<>();
        accounts.forEach(account -> account.keys.forEach(key -> keys.put(key.id, key)));
        return keys;
    }
}
