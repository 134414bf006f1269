package org.carafe.server.ledger;

import static org.carafe.server.ledger.Refusal.later;

import java.time.Instant;
import org.carafe.server.ledger.AccountState.KeyState;
import org.carafe.server.ledger.Refusal.Kind;
import org.carafe.server.ledger.Refusal.Subject;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request may run, by an account's state alone; changes that state where it may.
 *
 * <p>A request that names no maximum is granted at most half of what is free (credits, the key's budget, the day's tokens), so that the
 * account's other requests always find some, but never less than {@link #TOKENS_MIN} tokens where all that is free covers them.
 */
final class Admissions {
    /** What a request without a maximum gets of the last credits before half of them would be too little. */
    static final long TOKENS_MIN = 256;

    private final Instant now;

    Admissions(Instant now) {
        this.now = now;
    }

    /** Decides; a hold's id is 0 until its row is written. */
    HoldResult decide(HoldRequest request, AccountState account, KeyState key, Price price, long id) {
        Refusal refusal = permitted(account, key);
        if (refusal != null) {
            return new HoldResult.Refused(refusal);
        }
        long sequences = request.sequences();
        long prompt = request.promptTokens();
        long wanted = request.completionTokensMax() * sequences;
        // Least that makes sense: what was asked for, or one token of each.
        long least = request.completionsAsked() ? wanted : Math.min(wanted, sequences);

        // All of them, as several may stand in the way and the one that does so longest is to be told.
        refusal = counted(account, key);
        refusal =
                later(refusal, tokensOfDay(Subject.KEY, key.terms().tokensPerDay(), key.meter(), key, prompt + least));
        refusal = later(
                refusal,
                tokensOfDay(Subject.ACCOUNT, account.terms.tokensPerDay(), account.meter, key, prompt + least));
        long micros = price.worstMicros(prompt, least);
        refusal = later(refusal, budget(key, micros));
        refusal = later(refusal, credits(account, key, micros));
        if (refusal != null) {
            return new HoldResult.Refused(refusal);
        }
        long granted = request.completionsAsked() ? wanted : fitting(request, account, key, price, wanted, least);
        granted -= granted % sequences;
        OpenHold hold = take(request, account, key, price, id, granted);
        return new HoldResult.Held(hold, granted / sequences, account.allowance());
    }

    private @Nullable Refusal permitted(AccountState account, KeyState key) {
        if (key.terms().revoked()) {
            return Refusal.of(Kind.KEY_REVOKED, Subject.KEY);
        }
        Long expires = key.terms().expiresAtMillis();
        if (expires != null && expires <= now.toEpochMilli()) {
            return Refusal.of(Kind.KEY_EXPIRED, Subject.KEY);
        }
        return account.terms.disabled() ? Refusal.of(Kind.ACCOUNT_DISABLED, Subject.ACCOUNT) : null;
    }

    private static @Nullable Refusal counted(AccountState account, KeyState key) {
        Refusal refusal = concurrent(Subject.KEY, key.terms().concurrentMax(), account.openOf(key));
        refusal = later(refusal, concurrent(Subject.ACCOUNT, account.terms.concurrentMax(), account.open()));
        refusal = later(refusal, requestsOfDay(Subject.KEY, key.terms().requestsPerDay(), key.meter(), key));
        return later(refusal, requestsOfDay(Subject.ACCOUNT, account.terms.requestsPerDay(), account.meter, key));
    }

    private static @Nullable Refusal concurrent(Subject subject, @Nullable Long max, long open) {
        return max == null || open < max ? null : new Refusal(Kind.CONCURRENT, subject, max, open, 1, null);
    }

    private static @Nullable Refusal requestsOfDay(
            Subject subject, @Nullable Long max, MeterState meter, KeyState key) {
        return max == null || meter.dayRequests < max
                ? null
                : new Refusal(Kind.REQUESTS_PER_DAY, subject, max, meter.dayRequests, 1, nextDay(meter, key));
    }

    private static @Nullable Refusal tokensOfDay(
            Subject subject, @Nullable Long max, MeterState meter, KeyState key, long asked) {
        if (max == null || meter.dayTokens + asked <= max) {
            return null;
        }
        // More than a whole day's: tomorrow does not help.
        Instant resets = asked <= max ? nextDay(meter, key) : null;
        return new Refusal(Kind.TOKENS_PER_DAY, subject, max, meter.dayTokens, asked, resets);
    }

    /** Null: the key does not live to see it. */
    private static @Nullable Instant nextDay(MeterState meter, KeyState key) {
        Instant tomorrow = Periods.startOfDay(meter.day + 1);
        return lives(key, tomorrow) ? tomorrow : null;
    }

    private static boolean lives(KeyState key, Instant then) {
        Long expires = key.terms().expiresAtMillis();
        return expires == null || expires > then.toEpochMilli();
    }

    private static @Nullable Refusal budget(KeyState key, long micros) {
        Long budget = key.terms().budgetMicros();
        if (budget == null || key.meter().spentMicros + key.meter().heldMicros + micros <= budget) {
            return null;
        }
        return new Refusal(
                Kind.KEY_BUDGET, Subject.KEY, budget, key.meter().spentMicros + key.meter().heldMicros, micros, null);
    }

    private static @Nullable Refusal credits(AccountState account, KeyState key, long micros) {
        long available = account.availableMicros();
        if (micros <= available) {
            return null;
        }
        FundState daily = account.funds.get(FundKind.DAILY);
        Long allotment = account.terms.dailyMicros();
        if (daily != null && allotment != null) {
            Instant tomorrow = Periods.startOfDay(daily.period + 1);
            boolean itself = micros <= available - daily.availableMicros() + daily.renewedMicros(allotment);
            if (itself && helps(tomorrow, account, key, micros)) {
                return spent(Kind.DAILY_CREDITS, daily, allotment, micros, tomorrow);
            }
        }
        FundState monthly = account.funds.get(FundKind.MONTHLY);
        Long allowance = account.terms.monthlyMicros();
        if (monthly != null && allowance != null) {
            Instant nextMonth = Periods.startOfMonth(monthly.period + 1);
            if (helps(nextMonth, account, key, micros)) {
                return spent(Kind.MONTHLY_CREDITS, monthly, allowance, micros, nextMonth);
            }
        }
        return new Refusal(Kind.CREDITS, Subject.ACCOUNT, available, 0, micros, null);
    }

    /** Whether the same request would be admitted then. */
    private static boolean helps(Instant then, AccountState account, KeyState key, long micros) {
        return lives(key, then) && micros <= account.availableMicrosAt(then);
    }

    private static Refusal spent(Kind kind, FundState fund, long allowance, long micros, Instant resetsAt) {
        long used = Math.max(0, allowance - Math.max(0, fund.freeMicros()));
        return new Refusal(kind, Subject.ACCOUNT, allowance, used, micros, resetsAt);
    }

    /** Completion tokens of all sequences for a request that named none. */
    private static long fitting(
            HoldRequest request, AccountState account, KeyState key, Price price, long wanted, long least) {
        long prompt = request.promptTokens();
        long free = account.availableMicros();
        Long budget = key.terms().budgetMicros();
        if (budget != null) {
            free = Math.min(free, budget - key.meter().spentMicros - key.meter().heldMicros);
        }
        long floor = Math.clamp(TOKENS_MIN * request.sequences(), least, wanted);
        long granted =
                Math.max(price.affordableTokens(prompt, wanted, free / 2), price.affordableTokens(prompt, floor, free));
        granted = Math.min(granted, share(key.terms().tokensPerDay(), key.meter(), prompt, floor));
        granted = Math.min(granted, share(account.terms.tokensPerDay(), account.meter, prompt, floor));
        return Math.max(granted, least);
    }

    private static long share(@Nullable Long max, MeterState meter, long prompt, long floor) {
        if (max == null) {
            return Long.MAX_VALUE;
        }
        long left = max - meter.dayTokens - prompt;
        return Math.max(left / 2, Math.min(floor, left));
    }

    /** Takes what the worst case costs: of the day's credits first, then the month's, then the prepaid ones. */
    private OpenHold take(HoldRequest request, AccountState account, KeyState key, Price price, long id, long granted) {
        long tokens = request.promptTokens() + granted;
        long micros = price.worstMicros(request.promptTokens(), granted);
        key.meter().admit(micros, tokens);
        account.meter.admit(micros, tokens);
        account.countOpen(key, 1);
        long daily = takeFrom(account.funds.get(FundKind.DAILY), micros);
        long monthly = takeFrom(account.funds.get(FundKind.MONTHLY), micros - daily);
        long prepaid = takeFrom(account.funds.get(FundKind.PREPAID), micros - daily - monthly);
        assert daily + monthly + prepaid == micros : "a hold is covered, or refused";
        return new OpenHold(
                id,
                account.id,
                key.id(),
                request.model(),
                price,
                daily,
                monthly,
                prepaid,
                periodOf(account.funds.get(FundKind.DAILY)),
                periodOf(account.funds.get(FundKind.MONTHLY)),
                tokens,
                account.meter.day);
    }

    private static long takeFrom(@Nullable FundState fund, long micros) {
        if (fund == null || micros == 0) {
            return 0;
        }
        long taken = Math.min(micros, fund.availableMicros());
        fund.hold(taken);
        return taken;
    }

    private static long periodOf(@Nullable FundState fund) {
        return fund == null ? 0 : fund.period;
    }
}
