package org.carafe.server.ledger.store;

import java.util.List;
import java.util.Optional;
import org.carafe.server.accounts.StatementEntry;
import org.carafe.server.ledger.Postings;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Top-ups, corrections, and what an account's funds went through. */
public final class CreditStore {
    private final Handle handle;
    private final Postings postings;

    CreditStore(Handle handle, Postings postings) {
        this.handle = handle;
        this.postings = postings;
    }

    /** {@link Postings#topUp}. */
    public long topUp(long accountId, long micros, @Nullable String reason, String actor) {
        return postings.topUp(handle, accountId, micros, reason, actor);
    }

    /** {@link Postings#adjust}. */
    public long adjust(long accountId, long micros, @Nullable String reason, String actor) {
        return postings.adjust(handle, accountId, micros, reason, actor);
    }

    /** {@link Postings#reverse}. */
    public long reverse(long transactionId, @Nullable String reason, String actor) {
        return postings.reverse(handle, transactionId, reason, actor);
    }

    /** The name of the account that a transaction is of. */
    public Optional<String> accountOf(long transactionId) {
        return handle.createQuery("select a.name from ledger_transaction t join account a on a.id = t.account_id"
                        + " where t.id = :id")
                .bind("id", transactionId)
                .mapTo(String.class)
                .findOne();
    }

    /** Micro-credits that a transaction gave its account. */
    public long amountOf(long transactionId) {
        return handle.createQuery("select coalesce(sum(e.amount_micros), 0) from ledger_entry e"
                        + " join fund f on f.id = e.fund_id where e.transaction_id = :id and f.account_id is not null")
                .bind("id", transactionId)
                .mapTo(Long.class)
                .one();
    }

    /**
     * The entries of an account's funds, newest first.
     *
     * @param at with {@code transactionId} and {@code fund}, the entry after which to go on
     */
    public List<StatementEntry> statement(long accountId, long at, long transactionId, String fund, int limit) {
        return handle.createQuery(
                        "select t.id, t.at, t.kind, f.kind as fund, e.amount_micros, t.reverses, t.reason, t.actor"
                                + " from ledger_transaction t join ledger_entry e on e.transaction_id = t.id"
                                + " join fund f on f.id = e.fund_id and f.account_id = :account"
                                + " where t.account_id = :account and (t.at < :at or t.at = :at and (t.id < :id"
                                + " or t.id = :id and f.kind > :fund)) order by t.at desc, t.id desc, f.kind limit :limit")
                .bind("account", accountId)
                .bind("at", at)
                .bind("id", transactionId)
                .bind("fund", fund)
                .bind("limit", limit)
                .map((row, context) -> new StatementEntry(
                        row.getLong("id"),
                        Columns.instant(row, "at"),
                        row.getString("kind"),
                        row.getString("fund"),
                        row.getLong("amount_micros"),
                        Columns.number(row, "reverses"),
                        row.getString("reason"),
                        row.getString("actor")))
                .list();
    }
}
