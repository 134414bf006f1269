package org.carafe.server.ledger.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import org.carafe.server.accounts.UsageBy;
import org.carafe.server.accounts.UsageRow;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Reports over what ended requests used: sums over {@code usage_day}, so as many rows as days, keys and models; of one key or account by its
 * meter, one row.
 */
public final class UsageStore {
    private static final String SUMS = ", sum(u.requests) as requests, sum(u.prompt_tokens) as prompt_tokens,"
            + " sum(u.cached_tokens) as cached_tokens, sum(u.completion_tokens) as completion_tokens,"
            + " sum(u.cost_micros) as cost_micros from usage_day u";

    private static final String METERED = "m.spent_micros, m.used_requests, m.used_tokens, m.day, m.day_used_requests,"
            + " m.day_used_tokens, m.day_used_micros, m.month_from, m.month_used_requests, m.month_used_tokens,"
            + " m.month_used_micros";

    private final Handle handle;

    UsageStore(Handle handle) {
        this.handle = handle;
    }

    /**
     * Sums of days since 1970.
     *
     * @param accountId null: of all accounts
     * @param fromDay the first
     * @param toDay the last
     */
    public List<UsageRow> report(UsageBy by, @Nullable Long accountId, long fromDay, long toDay, int limit) {
        String of = accountId == null ? "" : "u.account_id = :account and ";
        String where = " where " + of + "u.day between :from and :to";
        String byCost = "cost_micros desc, requests desc, ";
        String sql = switch (by) {
            case DAY -> "select u.day as grouped" + SUMS + where + " group by u.day order by u.day";
            case MODEL ->
                "select u.model as grouped" + SUMS + where + " group by u.model order by " + byCost + "u.model";
            case KEY ->
                "select k.public_id as grouped, k.name as key_name, a.name as account_name" + SUMS
                        + " join api_key k on k.id = u.key_id join account a on a.id = u.account_id" + where
                        + " group by k.public_id, k.name, a.name order by " + byCost + "k.public_id";
            case ACCOUNT ->
                "select a.name as grouped" + SUMS + " join account a on a.id = u.account_id" + where
                        + " group by a.name order by " + byCost + "a.name";
        };
        var query = handle.createQuery(sql + " limit :limit")
                .bind("from", fromDay)
                .bind("to", toDay)
                .bind("limit", limit);
        if (accountId != null) {
            query.bind("account", accountId);
        }
        return query.map((row, context) -> row(by, row)).list();
    }

    /** What an account has used, by its meter. */
    public Metered ofAccount(long accountId) {
        return handle.createQuery("select 0 as held_micros, null as budget_micros, " + METERED
                        + " from account_meter m where m.account_id = :account")
                .bind("account", accountId)
                .map((row, context) -> metered(row))
                .one();
    }

    /** What a key has used, with all that count on its meter. */
    public Metered ofKey(long keyId) {
        return handle.createQuery("select m.held_micros, k.budget_micros, " + METERED
                        + " from api_key k join key_meter m on m.key_id = coalesce(k.meter_id, k.id) where k.id = :key")
                .bind("key", keyId)
                .map((row, context) -> metered(row))
                .one();
    }

    private static Metered metered(ResultSet row) throws SQLException {
        long budget = row.getLong("budget_micros");
        return new Metered(
                row.wasNull() ? null : budget,
                row.getLong("held_micros"),
                row.getLong("day"),
                sums(row, "day_used_requests", "day_used_tokens", "day_used_micros"),
                row.getLong("month_from"),
                sums(row, "month_used_requests", "month_used_tokens", "month_used_micros"),
                sums(row, "used_requests", "used_tokens", "spent_micros"));
    }

    private static Total sums(ResultSet row, String requests, String tokens, String micros) throws SQLException {
        return new Total(row.getLong(requests), row.getLong(tokens), row.getLong(micros));
    }

    /**
     * What a meter says. Its day and its month are those of the last request: what came before is over.
     *
     * @param budgetMicros of a key; null: none
     * @param heldMicros of a key, by its open requests
     * @param day since 1970
     * @param monthFrom the first day of the month
     */
    public record Metered(
            @Nullable Long budgetMicros,
            long heldMicros,
            long day,
            Total ofDay,
            long monthFrom,
            Total ofMonth,
            Total inAll) {
        /** Of today. */
        public Total today(long today) {
            return today > day ? Total.NONE : ofDay;
        }

        /** Of this month. */
        public Total month(long firstOfMonth) {
            return firstOfMonth > monthFrom ? Total.NONE : ofMonth;
        }
    }

    /** A sum; tokens are prompt and completion. */
    public record Total(long requests, long tokens, long costMicros) {
        static final Total NONE = new Total(0, 0, 0);
    }

    private static UsageRow row(UsageBy by, ResultSet row) throws SQLException {
        String group =
                by == UsageBy.DAY ? LocalDate.ofEpochDay(row.getLong("grouped")).toString() : row.getString("grouped");
        return new UsageRow(
                group,
                by == UsageBy.KEY ? row.getString("key_name") : null,
                by == UsageBy.KEY ? row.getString("account_name") : null,
                row.getLong("requests"),
                row.getLong("prompt_tokens"),
                row.getLong("cached_tokens"),
                row.getLong("completion_tokens"),
                row.getLong("cost_micros"));
    }
}
