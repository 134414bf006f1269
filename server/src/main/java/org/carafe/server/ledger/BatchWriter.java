package org.carafe.server.ledger;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.carafe.inference.engine.Usage;

/** Writes what a transaction's acts came to: rows of many requests by one statement each, and each balance once. */
final class BatchWriter {
    private final Statements statements;
    private final long nowMillis;
    private final EnumMap<FundKind, Long> house = new EnumMap<>(FundKind.class);

    BatchWriter(Statements statements, long nowMillis) {
        this.statements = statements;
        this.nowMillis = nowMillis;
    }

    /** An admitted request. */
    record Opening(OpenHold hold, String requestId, long expiresAtMillis) {}

    void open(List<Opening> openings) throws SQLException {
        if (openings.isEmpty()) {
            return;
        }
        PreparedStatement insert = statements.of("""
                insert into request (id, account_id, key_id, model, price_id, request_id, status, held_prepaid, held_monthly,
                    held_daily, monthly_period, daily_period, tokens_max, created_at, expires_at)
                values (?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?)
                """);
        for (Opening opening : openings) {
            OpenHold hold = opening.hold();
            insert.setLong(1, hold.id());
            insert.setLong(2, hold.accountId());
            insert.setLong(3, hold.keyId());
            insert.setString(4, hold.model());
            insert.setLong(5, hold.price().id());
            insert.setString(6, opening.requestId());
            insert.setLong(7, hold.heldPrepaid());
            insert.setLong(8, hold.heldMonthly());
            insert.setLong(9, hold.heldDaily());
            insert.setLong(10, hold.monthlyPeriod());
            insert.setLong(11, hold.dailyPeriod());
            insert.setLong(12, hold.tokensMax());
            insert.setLong(13, nowMillis);
            insert.setLong(14, opening.expiresAtMillis());
            insert.addBatch();
        }
        insert.executeBatch();
    }

    /** A request that ends. */
    record Closing(OpenHold hold, Ending ending, Usage usage, long costMicros) {}

    /** Ends those that are still open; 1 for each that was. */
    int[] close(List<Closing> closings) throws SQLException {
        if (closings.isEmpty()) {
            return new int[0];
        }
        PreparedStatement update = statements.of("""
                update request set status = ?, prompt_tokens = ?, cached_tokens = ?, completion_tokens = ?, cost_micros = ?, ended_at = ?
                where id = ? and status = 0
                """);
        for (Closing closing : closings) {
            update.setInt(1, closing.ending().status());
            update.setLong(2, closing.usage().promptTokens());
            update.setLong(3, closing.usage().cachedPromptTokens());
            update.setLong(4, closing.usage().completionTokens());
            update.setLong(5, closing.costMicros());
            update.setLong(6, nowMillis);
            update.setLong(7, closing.hold().id());
            update.addBatch();
        }
        return update.executeBatch();
    }

    /** Of one that {@link #close} has ended in this transaction: it ends otherwise. */
    void annul(Closing closing) throws SQLException {
        PreparedStatement update = statements.of("""
                update request set status = ?, prompt_tokens = 0, cached_tokens = 0, completion_tokens = 0, cost_micros = 0 where id = ?
                """);
        update.setInt(1, closing.ending().status());
        update.setLong(2, closing.hold().id());
        one(update.executeUpdate(), "request", closing.hold().id());
    }

    void note(List<Act.Note> notes, long expiresAtMillis) throws SQLException {
        PreparedStatement update = statements.of("""
                update request set prompt_tokens = ?, cached_tokens = ?, completion_tokens = ?, expires_at = ?
                where id = ? and status = 0
                """);
        for (Act.Note note : notes) {
            update.setLong(1, note.delivered().promptTokens());
            update.setLong(2, note.delivered().cachedPromptTokens());
            update.setLong(3, note.delivered().completionTokens());
            update.setLong(4, expiresAtMillis);
            update.setLong(5, note.holdId());
            update.addBatch();
        }
        update.executeBatch();
    }

    /** Sums of ended requests of one day, key and model. */
    static final class DayUsage {
        long requests;
        long promptTokens;
        long cachedTokens;
        long completionTokens;
        long costMicros;

        void add(Usage usage, long micros) {
            requests++;
            promptTokens += usage.promptTokens();
            cachedTokens += usage.cachedPromptTokens();
            completionTokens += usage.completionTokens();
            costMicros += micros;
        }
    }

    /** Where a request is summed up. */
    record DayKey(long accountId, long day, long keyId, String model) {}

    void usage(Map<DayKey, DayUsage> sums) throws SQLException {
        if (sums.isEmpty()) {
            return;
        }
        PreparedStatement upsert = statements.of("""
                insert into usage_day (account_id, day, key_id, model, requests, prompt_tokens, cached_tokens, completion_tokens,
                    cost_micros)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (account_id, day, key_id, model) do update set
                    requests = usage_day.requests + excluded.requests,
                    prompt_tokens = usage_day.prompt_tokens + excluded.prompt_tokens,
                    cached_tokens = usage_day.cached_tokens + excluded.cached_tokens,
                    completion_tokens = usage_day.completion_tokens + excluded.completion_tokens,
                    cost_micros = usage_day.cost_micros + excluded.cost_micros
                """);
        for (Map.Entry<DayKey, DayUsage> sum : sums.entrySet()) {
            upsert.setLong(1, sum.getKey().accountId());
            upsert.setLong(2, sum.getKey().day());
            upsert.setLong(3, sum.getKey().keyId());
            upsert.setString(4, sum.getKey().model());
            upsert.setLong(5, sum.getValue().requests);
            upsert.setLong(6, sum.getValue().promptTokens);
            upsert.setLong(7, sum.getValue().cachedTokens);
            upsert.setLong(8, sum.getValue().completionTokens);
            upsert.setLong(9, sum.getValue().costMicros);
            upsert.addBatch();
        }
        upsert.executeBatch();
    }

    void journal(Journal journal) throws SQLException {
        if (journal.transactions().isEmpty()) {
            return;
        }
        PreparedStatement line = statements.of(
                "insert into ledger_transaction (id, kind, account_id, reason, at) values (?, ?, ?, ?, ?)");
        for (Journal.Line transaction : journal.transactions()) {
            line.setLong(1, transaction.id());
            line.setString(2, transaction.kind().word());
            line.setLong(3, transaction.accountId());
            line.setString(4, transaction.reason());
            line.setLong(5, nowMillis);
            line.addBatch();
        }
        line.executeBatch();
        PreparedStatement insert =
                statements.of("insert into ledger_entry (fund_id, transaction_id, amount_micros) values (?, ?, ?)");
        for (Journal.Entry entry : journal.entries()) {
            insert.setLong(1, entry.fund() == null ? houseFund(entry.kind()) : entry.fund().id);
            insert.setLong(2, entry.transactionId());
            insert.setLong(3, entry.micros());
            insert.addBatch();
        }
        insert.executeBatch();
    }

    /** Balances and holds move by the difference, and only where the floor allows it: law 2, whatever anybody decided before. */
    void accounts(Collection<AccountState> accounts) throws SQLException {
        for (AccountState account : accounts) {
            for (FundState fund : account.funds.values()) {
                if (fund.isChanged()) {
                    move(fund);
                }
            }
            if (account.meter.changed) {
                meter(account);
            }
            for (Map.Entry<Long, MeterState> meter : account.keyMeters.entrySet()) {
                if (meter.getValue().changed) {
                    meter(meter.getKey(), meter.getValue());
                }
            }
        }
    }

    private void move(FundState fund) throws SQLException {
        PreparedStatement update = statements.of("""
                update fund set balance_micros = balance_micros + ?, held_micros = held_micros + ?, period = ?
                where id = ? and held_micros + ? >= 0 and (? <= 0 or balance_micros + ? - held_micros - ? >= -overdraft_micros)
                """);
        update.setLong(1, fund.balanceDelta);
        update.setLong(2, fund.heldDelta);
        update.setLong(3, fund.period);
        update.setLong(4, fund.id);
        update.setLong(5, fund.heldDelta);
        update.setLong(6, fund.heldDelta - fund.balanceDelta);
        update.setLong(7, fund.balanceDelta);
        update.setLong(8, fund.heldDelta);
        one(update.executeUpdate(), "fund", fund.id);
    }

    private void meter(AccountState account) throws SQLException {
        PreparedStatement update =
                statements.of("update account_meter set " + MeterState.SET + " where account_id = ?");
        int next = account.meter.set(update);
        update.setLong(next, account.id);
        one(update.executeUpdate(), "account_meter", account.id);
    }

    private void meter(long keyId, MeterState meter) throws SQLException {
        PreparedStatement update =
                statements.of("update key_meter set " + MeterState.SET + ", held_micros = ? where key_id = ?");
        int next = meter.set(update);
        update.setLong(next, meter.heldMicros);
        update.setLong(next + 1, keyId);
        one(update.executeUpdate(), "key_meter", keyId);
    }

    /** Last of all: every server writes these rows, and holds them from here to its commit only. */
    void house(Journal journal) throws SQLException {
        add(FundKind.EARNED, journal.earnedDelta());
        add(FundKind.ISSUED, journal.issuedDelta());
    }

    private void add(FundKind kind, long micros) throws SQLException {
        if (micros == 0) {
            return;
        }
        PreparedStatement update = statements.of("update fund set balance_micros = balance_micros + ? where id = ?");
        update.setLong(1, micros);
        update.setLong(2, houseFund(kind));
        one(update.executeUpdate(), kind.word(), 0);
    }

    private long houseFund(FundKind kind) throws SQLException {
        Long known = house.get(kind);
        if (known == null) {
            PreparedStatement select = statements.of("select id from fund where account_id is null and kind = ?");
            select.setString(1, kind.word());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                known = row.getLong(1);
            }
            house.put(kind, known);
        }
        return known;
    }

    private static void one(int rows, String what, long id) {
        if (rows != 1) {
            throw new IllegalStateException("law 2: " + what + " " + id + " is not as this transaction read it");
        }
    }
}
