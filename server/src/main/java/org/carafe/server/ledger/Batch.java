package org.carafe.server.ledger;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.carafe.inference.engine.Usage;
import org.carafe.server.ledger.AccountState.KeyState;
import org.carafe.server.ledger.BatchWriter.Closing;
import org.carafe.server.ledger.BatchWriter.DayKey;
import org.carafe.server.ledger.BatchWriter.DayUsage;
import org.carafe.server.ledger.BatchWriter.Opening;
import org.carafe.server.ledger.db.Dialect;
import org.jspecify.annotations.Nullable;

/**
 * Many acts in one database transaction: what they are about is read (and locked) once, each is decided in memory in the order of its
 * arrival, and what they came to is written once. Endings come first, so that what they free is there for the holds.
 */
final class Batch {
    private final Statements statements;
    private final TermsCache terms;
    private final Dialect dialect;
    private final RowIds ids;
    private final Instant now;
    private final long holdMillis;
    private final BatchWriter writer;
    private final Journal journal = new Journal();
    private final Map<DayKey, DayUsage> usage = new HashMap<>();
    private final List<Runnable> results = new ArrayList<>();
    private final Set<Long> budgetsRefused = new HashSet<>();
    private Map<Long, AccountState> accounts = Map.of();
    private long accountAhead;

    /** @param holdMillis after which a hold expires that nobody renews */
    Batch(Statements statements, TermsCache terms, Dialect dialect, RowIds ids, Instant now, long holdMillis) {
        this.statements = statements;
        this.terms = terms;
        this.dialect = dialect;
        this.ids = ids;
        this.now = now;
        this.holdMillis = holdMillis;
        this.writer = new BatchWriter(statements, now.toEpochMilli());
    }

    /** Does all, up to the commit, which is the caller's. */
    void run(List<Act> acts) throws SQLException {
        terms.refresh(statements);
        read(acts);
        accounts.values().forEach(this::turnPeriods);
        end(acts);
        admit(acts);
        for (Act act : acts) {
            if (act instanceof Act.Notes notes) {
                writer.note(notes.notes(), now.toEpochMilli() + holdMillis);
                results.add(() -> notes.done().complete(true));
            }
        }
        writer.journal(journal);
        writer.usage(usage);
        writer.accounts(accounts.values());
        writer.house(journal);
    }

    /** An account whose allowance or limit of a day is of a period far ahead of the clock, where there was one; else 0. */
    long accountAhead() {
        return accountAhead;
    }

    /** After the commit: tells everyone who waits, and the listener. */
    void committed(LedgerListener listener) {
        results.forEach(Runnable::run);
        budgetsRefused.forEach(listener::budgetRefused);
    }

    private void read(List<Act> acts) throws SQLException {
        Set<Long> accountIds = new HashSet<>();
        Set<Long> keyIds = new HashSet<>();
        for (Act act : acts) {
            switch (act) {
                case Act.Hold hold -> {
                    accountIds.add(hold.request().accountId());
                    keyIds.add(hold.request().keyId());
                }
                case Act.End end -> {
                    accountIds.add(end.hold().accountId());
                    keyIds.add(end.hold().keyId());
                }
                case Act.Notes notes -> {}
            }
        }
        accounts = new BatchReader(statements, terms, dialect).read(accountIds, keyIds);
    }

    private void turnPeriods(AccountState account) {
        long day = Periods.day(now);
        long month = Periods.month(now);
        long firstOfMonth = Periods.day(Periods.startOfMonth(month));
        account.meter.turnTo(day, firstOfMonth);
        account.keyMeters.values().forEach(meter -> meter.turnTo(day, firstOfMonth));
        FundState daily = account.funds.get(FundKind.DAILY);
        FundState monthly = account.funds.get(FundKind.MONTHLY);
        turn(account, daily, account.terms.dailyMicros(), day);
        turn(account, monthly, account.terms.monthlyMicros(), month);
        if (ClockAudit.isDayAhead(account.meter.day, now)
                || account.keyMeters.values().stream().anyMatch(meter -> ClockAudit.isDayAhead(meter.day, now))
                || (daily != null && ClockAudit.isDayAhead(daily.period, now))
                || (monthly != null && ClockAudit.isMonthAhead(monthly.period, now))) {
            accountAhead = account.id;
        }
    }

    /** What is left of the last period lapses, but for what is held: that lapses when its hold ends. */
    private void turn(AccountState account, @Nullable FundState fund, @Nullable Long allowance, long period) {
        if (fund == null || period <= fund.period) {
            return;
        }
        journal.lapse(ids.next(), account, fund, Math.max(0, fund.freeMicros()));
        journal.grant(ids.next(), account, fund, allowance == null ? 0 : allowance);
        fund.period = period;
    }

    private void end(List<Act> acts) throws SQLException {
        List<Act.End> ends = new ArrayList<>();
        List<Closing> closings = new ArrayList<>();
        for (Act act : acts) {
            if (act instanceof Act.End end) {
                Usage used = end.ending() == Ending.VOIDED ? new Usage(0, 0, 0) : end.usage();
                // Never above the hold: what generated more than was paid for is ours to bear.
                long cost = Math.min(
                        end.hold()
                                .price()
                                .costMicros(used.promptTokens(), used.cachedPromptTokens(), used.completionTokens()),
                        end.hold().heldMicros());
                ends.add(end);
                closings.add(new Closing(end.hold(), end.ending(), used, cost));
            }
        }
        int[] closed = writer.close(closings);
        Set<AnswerToKeep> lost = lost(ends, closed);
        for (int i = 0; i < closed.length; i++) {
            Act.End end = ends.get(i);
            AnswerToKeep answer = end.answer();
            if (closed[i] != 1) {
                results.add(() -> end.done().complete(new Act.Ended(-1, false)));
            } else if (answer != null && lost.contains(answer)) {
                // Its key is somebody else's by now, who is charged: a key is charged once.
                Closing nothing = new Closing(end.hold(), Ending.VOIDED, new Usage(0, 0, 0), 0);
                writer.annul(nothing);
                settle(nothing);
                results.add(() -> end.done().complete(new Act.Ended(0, false)));
            } else {
                Closing closing = closings.get(i);
                settle(closing);
                results.add(() -> end.done().complete(new Act.Ended(closing.costMicros(), answer != null)));
            }
        }
    }

    /** Writes the answers of the requests that ended here; those that found the claim of their key gone. */
    private Set<AnswerToKeep> lost(List<Act.End> ends, int[] closed) throws SQLException {
        List<AnswerToKeep> answers = new ArrayList<>(0);
        for (int i = 0; i < closed.length; i++) {
            AnswerToKeep answer = ends.get(i).answer();
            if (closed[i] == 1 && answer != null) {
                answers.add(answer);
            }
        }
        answers.sort(Comparator.comparing(AnswerToKeep::scope).thenComparing(AnswerToKeep::key));
        int[] written = new AnswerWriter(statements, now.toEpochMilli()).keep(answers);
        Set<AnswerToKeep> lost = Collections.newSetFromMap(new IdentityHashMap<>(0));
        for (int i = 0; i < written.length; i++) {
            if (written[i] != 1) {
                lost.add(answers.get(i));
            }
        }
        return lost;
    }

    private void settle(Closing closing) {
        OpenHold hold = closing.hold();
        AccountState account = account(hold.accountId());
        long cost = closing.costMicros();
        long daily = Math.min(cost, hold.heldDaily());
        long monthly = Math.min(cost - daily, hold.heldMonthly());
        long prepaid = cost - daily - monthly;
        journal.charge(hold.id(), account, daily, monthly, prepaid);
        free(account, hold, FundKind.DAILY, daily);
        free(account, hold, FundKind.MONTHLY, monthly);
        free(account, hold, FundKind.PREPAID, prepaid);
        boolean counts = closing.ending() != Ending.VOIDED;
        long tokens = (long) closing.usage().promptTokens() + closing.usage().completionTokens();
        account.meter.end(0, cost, hold.day(), hold.tokensMax(), tokens, counts);
        KeyState key = key(account, hold.keyId());
        key.meter().end(hold.heldMicros(), cost, hold.day(), hold.tokensMax(), tokens, counts);
        account.countOpen(key, -1);
        if (counts) {
            long today = Periods.day(now);
            account.meter.report(today, tokens, cost);
            key.meter().report(today, tokens, cost);
            usage.computeIfAbsent(new DayKey(account.id, today, hold.keyId(), hold.model()), day -> new DayUsage())
                    .add(closing.usage(), cost);
        }
    }

    private void free(AccountState account, OpenHold hold, FundKind kind, long chargedMicros) {
        long held = hold.held(kind);
        FundState fund = account.funds.get(kind);
        if (held == 0 || fund == null) {
            return;
        }
        fund.hold(-held);
        if (!hold.isCurrent(kind, fund.period)) {
            journal.lapse(ids.next(), account, fund, held - chargedMicros);
        }
    }

    private void admit(List<Act> acts) throws SQLException {
        List<Opening> openings = new ArrayList<>();
        for (Act act : acts) {
            if (act instanceof Act.Hold hold) {
                HoldRequest request = hold.request();
                AccountState account = account(request.accountId());
                Price price = terms.price(statements, request.model());
                HoldResult result =
                        new Admissions(now).decide(request, account, key(account, request.keyId()), price, ids.next());
                if (result instanceof HoldResult.Held held) {
                    openings.add(new Opening(held.hold(), request.requestId(), now.toEpochMilli() + holdMillis));
                }
                if (result instanceof HoldResult.Refused refused
                        && refused.refusal().kind() == Refusal.Kind.KEY_BUDGET) {
                    budgetsRefused.add(request.keyId());
                }
                results.add(() -> hold.done().complete(result));
            }
        }
        writer.open(openings);
    }

    private AccountState account(long id) {
        AccountState account = accounts.get(id);
        if (account == null) {
            throw new IllegalStateException("account " + id + " was not read");
        }
        return account;
    }

    private static KeyState key(AccountState account, long id) {
        KeyState key = account.keys.get(id);
        if (key == null) {
            throw new IllegalStateException("key " + id + " is not one of account " + account.id);
        }
        return key;
    }
}
