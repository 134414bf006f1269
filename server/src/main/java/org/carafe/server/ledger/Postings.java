package org.carafe.server.ledger;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.carafe.server.ledger.db.Dialect;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What administrators do with credits: double entries, inside a {@code Database.write} of the caller's. Nothing is ever changed or
 * deleted; a mistake is undone by {@link #reverse}. Thread-safe.
 */
public final class Postings {
    /** Farthest from zero that any balance goes, those of the house too; the table says so as well. */
    static final long BALANCE_MAX = 9_000_000_000_000_000_000L;

    private final RowIds ids;
    private final Dialect dialect;
    private final InstantSource clock;

    /** @param ids those of the process: all who write share them */
    public Postings(RowIds ids, Dialect dialect, InstantSource clock) {
        this.ids = ids;
        this.dialect = dialect;
        this.clock = clock;
    }

    /** A transaction of these refuses: the balance does not cover it, or there is nothing to reverse. The message is for people. */
    public static final class PostingException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        PostingException(String message) {
            super(message);
        }
    }

    /** Adds prepaid credits; the transaction's id. */
    public long topUp(Handle handle, long accountId, long micros, @Nullable String reason, String actor) {
        if (micros <= 0) {
            throw new IllegalArgumentException("a top-up is positive");
        }
        return move(handle, TransactionKind.TOP_UP, accountId, micros, reason, actor, null);
    }

    /**
     * Adds prepaid credits, or takes them away; the transaction's id.
     *
     * @throws PostingException more would be taken than is free
     */
    public long adjust(Handle handle, long accountId, long micros, @Nullable String reason, String actor) {
        if (micros == 0) {
            throw new IllegalArgumentException("an adjustment is not zero");
        }
        return move(handle, TransactionKind.ADJUSTMENT, accountId, micros, reason, actor, null);
    }

    private long move(
            Handle handle,
            TransactionKind kind,
            long accountId,
            long micros,
            @Nullable String reason,
            String actor,
            @Nullable Long reverses) {
        lock(handle, accountId);
        long id = ids.next();
        long prepaid = handle.createQuery("select id from fund where account_id = :account and kind = 'prepaid'")
                .bind("account", accountId)
                .mapTo(Long.class)
                .one();
        long issued = houseFund(handle, FundKind.ISSUED);
        insert(handle, id, kind, accountId, reason, actor, reverses);
        entry(handle, id, prepaid, micros);
        entry(handle, id, issued, -micros);
        return id;
    }

    /**
     * Undoes a transaction by entries of the opposite sign. A charge that took from an allowance of a period that is over goes back to the
     * prepaid credits.
     *
     * @throws PostingException there is no such transaction, it was reversed already, it is a reversal, or its credits are used
     */
    public long reverse(Handle handle, long transactionId, @Nullable String reason, String actor) {
        Optional<Original> found = handle.createQuery("select kind, account_id from ledger_transaction where id = :id")
                .bind("id", transactionId)
                .map((row, context) -> new Original(row.getString("kind"), row.getLong("account_id")))
                .findOne();
        if (found.isEmpty()) {
            throw new PostingException("there is no transaction " + transactionId);
        }
        Original original = found.get();
        if (!original.kind().equals("charge")
                && !original.kind().equals("top_up")
                && !original.kind().equals("adjustment")) {
            throw new PostingException("transaction " + transactionId + " is a " + original.kind()
                    + "; charges, top-ups and adjustments can be reversed");
        }
        lock(handle, original.accountId());
        boolean reversed = handle.createQuery("select count(*) from ledger_transaction where reverses = :id")
                        .bind("id", transactionId)
                        .mapTo(Long.class)
                        .one()
                > 0;
        if (reversed) {
            throw new PostingException("transaction " + transactionId + " was reversed already");
        }
        long id = ids.next();
        insert(handle, id, TransactionKind.REVERSAL, original.accountId(), reason, actor, transactionId);
        for (Part part : parts(handle, transactionId, original.accountId())) {
            entry(handle, id, part.fundId(), part.amountMicros());
        }
        return id;
    }

    private record Original(String kind, long accountId) {}

    private record Part(long fundId, long amountMicros) {}

    /** The opposite entries; those of an allowance, whose period may be over, become prepaid. */
    private static List<Part> parts(Handle handle, long transactionId, long accountId) {
        return handle.createQuery("""
                        select target.id as fund_id, -sum(entry.amount_micros) as amount
                        from ledger_entry entry
                        join fund on fund.id = entry.fund_id
                        join fund target on target.id = case
                            when fund.kind in ('monthly', 'daily')
                            then (select id from fund where account_id = :account and kind = 'prepaid')
                            else fund.id end
                        where entry.transaction_id = :id
                        group by target.id
                        order by target.id desc
                        """)
                .bind("account", accountId)
                .bind("id", transactionId)
                .map((row, context) -> new Part(row.getLong("fund_id"), row.getLong("amount")))
                .list();
    }

    /** Until the commit no request of the account is admitted or settled. */
    private void lock(Handle handle, long accountId) {
        handle.createQuery("select account_id from account_meter where account_id = :account" + dialect.forUpdate())
                .bind("account", accountId)
                .mapTo(Long.class)
                .one();
    }

    private static long houseFund(Handle handle, FundKind kind) {
        return handle.createQuery("select id from fund where account_id is null and kind = :kind")
                .bind("kind", kind.word())
                .mapTo(Long.class)
                .one();
    }

    private static boolean isOfHouse(Handle handle, long fundId) {
        return handle.createQuery("select count(*) from fund where id = :id and account_id is null")
                        .bind("id", fundId)
                        .mapTo(Long.class)
                        .one()
                > 0;
    }

    private void insert(
            Handle handle,
            long id,
            TransactionKind kind,
            long accountId,
            @Nullable String reason,
            String actor,
            @Nullable Long reverses) {
        handle.createUpdate("""
                        insert into ledger_transaction (id, kind, account_id, reverses, reason, actor, at)
                        values (:id, :kind, :account, :reverses, :reason, :actor, :at)
                        """)
                .bind("id", id)
                .bind("kind", kind.word())
                .bind("account", accountId)
                .bind("reverses", reverses)
                .bind("reason", reason)
                .bind("actor", actor)
                .bind("at", clock.millis())
                .execute();
    }

    /** Moves a balance and writes why, or neither: the floor is in the update, and so is what a number of the database can hold. */
    private static void entry(Handle handle, long transactionId, long fundId, long micros) {
        int moved = handle.createUpdate("""
                        update fund set balance_micros = balance_micros + :micros
                        where id = :id and balance_micros between :least and :most and (overdraft_micros is null or :micros > 0
                            or balance_micros + :micros - held_micros >= -overdraft_micros)
                        """)
                .bind("micros", micros)
                .bind("id", fundId)
                .bind("least", micros < 0 ? -BALANCE_MAX - micros : -BALANCE_MAX)
                .bind("most", micros > 0 ? BALANCE_MAX - micros : BALANCE_MAX)
                .execute();
        if (moved != 1) {
            if (micros > 0 || isOfHouse(handle, fundId)) {
                throw new PostingException("all accounts together would have had more than " + Credits.show(BALANCE_MAX)
                        + " credits, the most that can be counted");
            }
            throw new PostingException("the account has less than " + Credits.show(-micros) + " free prepaid credits");
        }
        handle.createUpdate(
                        "insert into ledger_entry (fund_id, transaction_id, amount_micros) values (:fund, :id, :micros)")
                .bind("fund", fundId)
                .bind("id", transactionId)
                .bind("micros", micros)
                .execute();
    }
}
