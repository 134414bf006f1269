package org.carafe.server.ledger;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The double entries of one database transaction, gathered and written together. Each of its own sums to zero as it is added. */
final class Journal {
    private final List<Line> transactions = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();
    private long issuedDelta;
    private long earnedDelta;

    /** A {@code ledger_transaction}. */
    record Line(
            long id,
            TransactionKind kind,
            long accountId,
            @Nullable String reason) {}

    /** A {@code ledger_entry}; a fund of the house goes by its kind. */
    record Entry(long transactionId, @Nullable FundState fund, FundKind kind, long micros) {}

    List<Line> transactions() {
        return transactions;
    }

    List<Entry> entries() {
        return entries;
    }

    long issuedDelta() {
        return issuedDelta;
    }

    long earnedDelta() {
        return earnedDelta;
    }

    /** What a request cost, out of the parts that its hold took. */
    void charge(long id, AccountState account, long daily, long monthly, long prepaid) {
        long cost = daily + monthly + prepaid;
        if (cost == 0) {
            return;
        }
        transactions.add(new Line(id, TransactionKind.CHARGE, account.id, null));
        take(id, account.funds.get(FundKind.DAILY), daily);
        take(id, account.funds.get(FundKind.MONTHLY), monthly);
        take(id, account.funds.get(FundKind.PREPAID), prepaid);
        entries.add(new Entry(id, null, FundKind.EARNED, cost));
        earnedDelta += cost;
    }

    private void take(long id, @Nullable FundState fund, long micros) {
        if (micros > 0 && fund != null) {
            fund.move(-micros);
            entries.add(new Entry(id, fund, fund.kind, -micros));
        }
    }

    /** A new period's allowance. */
    void grant(long id, AccountState account, FundState fund, long micros) {
        issue(id, TransactionKind.GRANT, account, fund, micros);
    }

    /** What a period that is over has left. */
    void lapse(long id, AccountState account, FundState fund, long micros) {
        issue(id, TransactionKind.LAPSE, account, fund, -micros);
    }

    private void issue(long id, TransactionKind kind, AccountState account, FundState fund, long micros) {
        if (micros == 0) {
            return;
        }
        transactions.add(new Line(id, kind, account.id, fund.kind.word()));
        fund.move(micros);
        entries.add(new Entry(id, fund, fund.kind, micros));
        entries.add(new Entry(id, null, FundKind.ISSUED, -micros));
        issuedDelta -= micros;
    }
}
