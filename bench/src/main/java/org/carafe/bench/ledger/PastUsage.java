package org.carafe.bench.ledger;

import java.util.Map;
import org.carafe.server.ledger.RowIds;
import org.carafe.server.ledger.db.Database;
import org.jdbi.v3.core.Handle;

/** Fills a ledger with requests that ended long ago, so that every law holds: rows, charges, entries, sums of days, balances. */
final class PastUsage {
    private static final long ROWS_AT_ONCE = 500_000;
    private static final long COST_MICROS = 700;
    private static final long PROMPT_TOKENS = 100;
    private static final long COMPLETION_TOKENS = 50;
    private static final int DAYS = 365;
    private static final long DAY_MILLIS = 86_400_000;

    private final Database database;
    private final String model;

    PastUsage(Database database, String model) {
        this.database = database;
        this.model = model;
    }

    /** So many requests more, spread over a year and all the accounts; what they cost is topped up, too. */
    void add(long rows, long firstDay, long[] accounts, long[] keys) {
        long first = RowIds.of(database.processNumber(), 1L << 35);
        for (long done = 0; done < rows; done += ROWS_AT_ONCE) {
            // One id more for the top-up.
            long from = first + done + done / ROWS_AT_ONCE;
            long count = Math.min(ROWS_AT_ONCE, rows - done);
            long account = accounts[(int) (done / ROWS_AT_ONCE % accounts.length)];
            long key = keys[(int) (done / ROWS_AT_ONCE % keys.length)];
            database.write(handle -> {
                add(handle, from, count, firstDay, account, key);
                return null;
            });
        }
    }

    private void add(Handle handle, long from, long count, long firstDay, long account, long key) {
        long total = count * COST_MICROS;
        long price = handle.select("select max(id) from price where model = ?", model)
                .mapTo(Long.class)
                .one();
        Map<String, Object> all = Map.of(
                "from", from,
                "count", count,
                "account", account,
                "key", key,
                "model", model,
                "price", price,
                "first", firstDay,
                "days", DAYS,
                "cost", COST_MICROS,
                "total", total);
        run(
                handle,
                all,
                "update fund set balance_micros = balance_micros - :total where account_id is null and kind = 'issued'");
        run(
                handle,
                all,
                "update fund set balance_micros = balance_micros + :total where account_id is null and kind = 'earned'");
        run(
                handle,
                all,
                "insert into ledger_transaction (id, kind, account_id, reason, actor, at)"
                        + " values (:from + :count, 'top_up', :account, 'past usage', 'bench', :first * " + DAY_MILLIS
                        + ")");
        run(
                handle,
                all,
                "insert into ledger_entry select id, :from + :count, case kind when 'issued' then -:total else :total end"
                        + " from fund where account_id = :account and kind = 'prepaid'"
                        + " or account_id is null and kind = 'issued'");
        String numbers = "with recursive n (i) as (select 0 union all select i + 1 from n where i + 1 < :count) ";
        run(
                handle,
                all,
                "insert into request (id, account_id, key_id, model, price_id, request_id, status, held_prepaid, held_monthly,"
                        + " held_daily, monthly_period, daily_period, tokens_max, prompt_tokens, cached_tokens, completion_tokens,"
                        + " cost_micros, created_at, expires_at, ended_at) " + numbers
                        + "select :from + i, :account, :key, :model, :price, 'past-' || i, 1, :cost, 0, 0, 0, 0, 150, "
                        + PROMPT_TOKENS + ", 0, " + COMPLETION_TOKENS + ", :cost, " + at() + ", " + at() + ", " + at()
                        + " from n");
        run(
                handle,
                all,
                "insert into ledger_transaction (id, kind, account_id, at) " + numbers
                        + "select :from + i, 'charge', :account, " + at() + " from n");
        run(
                handle,
                all,
                "insert into ledger_entry " + numbers
                        + "select f.id, :from + i, -:cost from n join fund f on f.account_id = :account and f.kind = 'prepaid'");
        run(
                handle,
                all,
                "insert into ledger_entry " + numbers
                        + "select f.id, :from + i, :cost from n join fund f on f.account_id is null and f.kind = 'earned'");
        run(
                handle,
                all,
                "insert into usage_day (account_id, day, key_id, model, requests, prompt_tokens, cached_tokens, completion_tokens,"
                        + " cost_micros) " + numbers
                        + "select :account, :first + i * :days / :count, :key, :model, count(*), count(*) * "
                        + PROMPT_TOKENS
                        + ", 0, count(*) * " + COMPLETION_TOKENS + ", count(*) * :cost from n where true"
                        + " group by :first + i * :days / :count"
                        + " on conflict (account_id, day, key_id, model) do update set"
                        + " requests = usage_day.requests + excluded.requests,"
                        + " prompt_tokens = usage_day.prompt_tokens + excluded.prompt_tokens,"
                        + " completion_tokens = usage_day.completion_tokens + excluded.completion_tokens,"
                        + " cost_micros = usage_day.cost_micros + excluded.cost_micros");
        run(
                handle,
                all,
                "update account_meter set " + meter("account_meter", "u.account_id = :account")
                        + " where account_id = :account");
        run(
                handle,
                all,
                "update key_meter set " + meter("key_meter", "u.account_id = :account and u.key_id = :key")
                        + " where key_id = :key");
    }

    /** Its running sums, of which those of its day and month depend on when it was used last. */
    private static String meter(String table, String whose) {
        String days = " from usage_day u where " + whose + " and u.day ";
        String used = "(select coalesce(sum(%s), 0)" + days + "%s)";
        String tokens = "u.prompt_tokens + u.completion_tokens";
        String today = "= " + table + ".day";
        String month = ">= " + table + ".month_from";
        return "spent_micros = spent_micros + :total, used_requests = used_requests + :count,"
                + " used_tokens = used_tokens + :count * " + (PROMPT_TOKENS + COMPLETION_TOKENS)
                + ", day_used_requests = " + used.formatted("u.requests", today)
                + ", day_used_tokens = " + used.formatted(tokens, today)
                + ", day_used_micros = " + used.formatted("u.cost_micros", today)
                + ", month_used_requests = " + used.formatted("u.requests", month)
                + ", month_used_tokens = " + used.formatted(tokens, month)
                + ", month_used_micros = " + used.formatted("u.cost_micros", month);
    }

    private static String at() {
        return "(:first + i * :days / :count) * " + DAY_MILLIS;
    }

    private static void run(Handle handle, Map<String, Object> all, String sql) {
        handle.createUpdate(sql).bindMap(all).execute();
    }
}
