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
    public Metered ofAccount(long accountId, LocalDate today) {
        String days = " where u.account_id = :id";
        return handle.createQuery("select 0 as held_micros, null as budget_micros, " + METERED
                        + " from account_meter m where m.account_id = :account")
                .bind("account", accountId)
                .map((row, context) -> metered(row, today, days, accountId))
                .one();
    }

    /** What a key has used, with all that count on its meter. */
    public Metered ofKey(long keyId, LocalDate today) {
        String days = " join api_key k on k.id = :id join api_key o on o.id = u.key_id"
                + " where u.account_id = k.account_id and coalesce(o.meter_id, o.id) = coalesce(k.meter_id, k.id)";
        return handle.createQuery("select m.held_micros, k.budget_micros, " + METERED
                        + " from api_key k join key_meter m on m.key_id = coalesce(k.meter_id, k.id) where k.id = :key")
                .bind("key", keyId)
                .map((row, context) -> metered(row, today, days, keyId))
                .one();
    }

    /** @param days joins and conditions that make {@code u} its days, by {@code :id} */
    private Metered metered(ResultSet row, LocalDate today, String days, long id) throws SQLException {
        long budget = row.getLong("budget_micros");
        Long budgetMicros = row.wasNull() ? null : budget;
        LocalDate month = today.withDayOfMonth(1);
        return new Metered(
                budgetMicros,
                row.getLong("held_micros"),
                period(row, "day_used_", row.getLong("day"), today, today, days, id),
                period(
                        row,
                        "month_used_",
                        row.getLong("month_from"),
                        month,
                        month.plusMonths(1).minusDays(1),
                        days,
                        id),
                new Total(row.getLong("used_requests"), row.getLong("used_tokens"), row.getLong("spent_micros")));
    }

    /**
     * Of one period. A meter has that of the last request: what came before is over, and is summed again where a clock that was ahead has
     * begun a later one.
     */
    private Total period(ResultSet row, String sums, long begun, LocalDate first, LocalDate last, String days, long id)
            throws SQLException {
        if (first.toEpochDay() > begun) {
            return Total.NONE;
        }
        if (first.toEpochDay() == begun) {
            return new Total(
                    row.getLong(sums + "requests"), row.getLong(sums + "tokens"), row.getLong(sums + "micros"));
        }
        return handle.createQuery("select coalesce(sum(u.requests), 0) as requests,"
                        + " coalesce(sum(u.prompt_tokens + u.completion_tokens), 0) as tokens,"
                        + " coalesce(sum(u.cost_micros), 0) as micros from usage_day u" + days
                        + " and u.day between :from and :to")
                .bind("id", id)
                .bind("from", first.toEpochDay())
                .bind("to", last.toEpochDay())
                .map((day, context) -> new Total(day.getLong("requests"), day.getLong("tokens"), day.getLong("micros")))
                .one();
    }

    /**
     * What a meter says.
     *
     * @param budgetMicros of a key; null: none
     * @param heldMicros of a key, by its open requests
     */
    public record Metered(@Nullable Long budgetMicros, long heldMicros, Total ofDay, Total ofMonth, Total inAll) {}

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
