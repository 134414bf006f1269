package org.carafe.server.ledger.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import org.carafe.server.accounts.UsageBy;
import org.carafe.server.accounts.UsageRow;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Reports over what ended requests used; sums over {@code usage_day}, so as many rows as days, keys and models. */
public final class UsageStore {
    private static final String SUMS = ", sum(u.requests) as requests, sum(u.prompt_tokens) as prompt_tokens,"
            + " sum(u.cached_tokens) as cached_tokens, sum(u.completion_tokens) as completion_tokens,"
            + " sum(u.cost_micros) as cost_micros from usage_day u";

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

    /**
     * One sum over all that an account used in some days since 1970.
     *
     * @param meterId of the keys that count on one key's meter; null: of all
     */
    public Total total(long accountId, @Nullable Long meterId, long fromDay, long toDay) {
        String of = meterId == null
                ? ""
                : " and key_id in (select k.id from api_key k where k.id = :meter or k.meter_id = :meter)";
        var query = handle.createQuery("select coalesce(sum(requests), 0) as requests,"
                        + " coalesce(sum(prompt_tokens + completion_tokens), 0) as tokens,"
                        + " coalesce(sum(cost_micros), 0) as cost_micros from usage_day"
                        + " where account_id = :account and day between :from and :to" + of)
                .bind("account", accountId)
                .bind("from", fromDay)
                .bind("to", toDay);
        if (meterId != null) {
            query.bind("meter", meterId);
        }
        return query.map((row, context) ->
                        new Total(row.getLong("requests"), row.getLong("tokens"), row.getLong("cost_micros")))
                .one();
    }

    /** A sum; tokens are prompt and completion. */
    public record Total(long requests, long tokens, long costMicros) {}

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
