package org.carafe.server.admin;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.carafe.server.accounts.AccountBalances;
import org.carafe.server.ledger.Credits;
import org.carafe.server.ledger.store.Tables;
import org.jspecify.annotations.Nullable;

/** Acts on credits: double entries; a mistake is undone by a reversal. */
public final class CreditActs {
    private static final int REASON_CHARS_MAX = 500;
    private static final int CURSOR_CHARS_MAX = 80;
    /** Payments are repeated by people, too: a key that paid counts for a year. */
    private static final Duration REPLAYED = Duration.ofDays(366);

    private final ActContext context;
    private final Replays replays;

    CreditActs(ActContext context, Replays replays) {
        this.context = context;
        this.replays = replays;
    }

    /** Its digest is kept with an idempotency key: these names cannot change, nor can a kind's word. */
    private record Body(String act, long micros, String reason) {}

    private enum Move {
        TOP_UP("top_up", "credits.add"),
        ADJUSTMENT("adjustment", "credits.adjust");

        private final String kind;
        private final String act;

        Move(String kind, String act) {
            this.kind = kind;
            this.act = act;
        }

        long post(Tables tables, long account, long micros, String reason, String actor) {
            return switch (this) {
                case TOP_UP -> tables.credits().topUp(account, micros, reason, actor);
                case ADJUSTMENT -> tables.credits().adjust(account, micros, reason, actor);
            };
        }
    }

    /**
     * Adds prepaid credits.
     *
     * @param micros micro-credits, positive
     * @param idempotencyKey null: they are added each time
     */
    public CreditView add(String actor, String account, long micros, String reason, @Nullable String idempotencyKey) {
        if (micros <= 0) {
            throw ActException.invalid("a top-up must be more than 0 credits, not " + Credits.show(micros));
        }
        return move(actor, account, Move.TOP_UP, micros, reason, idempotencyKey);
    }

    /** Corrects the prepaid balance, up or down; more than is free cannot be taken. */
    public CreditView adjust(
            String actor, String account, long micros, String reason, @Nullable String idempotencyKey) {
        if (micros == 0) {
            throw ActException.invalid("an adjustment must not be 0 credits");
        }
        return move(actor, account, Move.ADJUSTMENT, micros, reason, idempotencyKey);
    }

    private CreditView move(
            String actor, String name, Move move, long micros, String reason, @Nullable String idempotencyKey) {
        Check.amount("an amount", Math.abs(micros));
        Check.line("a reason", reason, REASON_CHARS_MAX);
        return context.post(tables -> {
            AccountBalances account = Find.account(tables, name);
            long id = account.account().id();
            Body body = new Body(move.kind, micros, reason);
            String scope = "credits:" + id;
            return replays.once(tables, scope, idempotencyKey, body, CreditView.class, context.now(), REPLAYED, () -> {
                if (account.prepaid().balanceMicros() + micros > Credits.CREDITS_MAX * Credits.MICROS) {
                    throw ActException.conflict("account " + Check.shown(name) + " would have more than "
                            + Credits.CREDITS_MAX + " credits");
                }
                long transaction = move.post(tables, id, micros, reason, actor);
                Map<String, Object> details = Map.of(
                        "transaction", Long.toString(transaction), "credits", Credits.of(micros), "reason", reason);
                context.audit(tables, actor, move.act, name, details);
                return view(tables, name, transaction, move.kind, micros, reason);
            });
        });
    }

    /** Undoes a charge, a top-up or an adjustment by its opposite; once. */
    public CreditView reverse(String actor, String transactionId, String reason) {
        Check.line("a reason", reason, REASON_CHARS_MAX);
        long transaction = id(transactionId);
        return context.post(tables -> {
            Optional<String> account = tables.credits().accountOf(transaction);
            if (account.isEmpty()) {
                throw ActException.notFound("there is no transaction " + transactionId + " of an account");
            }
            long reversal = tables.credits().reverse(transaction, reason, actor);
            context.audit(
                    tables,
                    actor,
                    "credits.reverse",
                    account.get(),
                    Map.of("transaction", transactionId, "reversal", Long.toString(reversal), "reason", reason));
            long micros = tables.credits().amountOf(reversal);
            return view(tables, account.get(), reversal, "reversal", micros, reason);
        });
    }

    private CreditView view(Tables tables, String name, long transaction, String kind, long micros, String reason) {
        AccountView after = AccountView.of(Find.account(tables, name), context.now());
        return new CreditView(Long.toString(transaction), name, kind, Credits.of(micros), reason, after.balance());
    }

    /**
     * The movements of an account's credits, newest first.
     *
     * @param cursor {@link StatementView#nextCursor} of the page before; null: from the newest
     */
    public StatementView statement(String account, @Nullable String cursor, int limit) {
        int rows = Check.rows(limit);
        if (cursor != null) {
            Check.line("a cursor", cursor, CURSOR_CHARS_MAX);
        }
        StatementView.Place place = cursor == null ? StatementView.Place.NEWEST : StatementView.Place.parse(cursor);
        return context.read(tables -> {
            long id = Find.account(tables, account).account().id();
            return StatementView.of(
                    tables.credits().statement(id, place.at(), place.transactionId(), place.fund(), rows), rows);
        });
    }

    private static long id(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw ActException.invalid("a transaction's id is a number, not " + Check.shown(text));
        }
    }
}
