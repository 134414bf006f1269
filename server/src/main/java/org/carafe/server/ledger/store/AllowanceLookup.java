package org.carafe.server.ledger.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import org.carafe.server.ledger.Allowance;
import org.carafe.server.ledger.FundKind;
import org.carafe.server.ledger.Periods;
import org.carafe.server.ledger.db.Database;
import org.jspecify.annotations.Nullable;

/** Reads an account's allowance as its next hold would find it: a period that is over has its new one's credits. Thread-safe. */
public final class AllowanceLookup {
    private final Database database;
    private final InstantSource clock;

    public AllowanceLookup(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** That of the shortest period; null: the account has none. */
    public @Nullable Allowance of(long accountId) {
        Instant now = clock.instant();
        return database.read(handle ->
                handle.createQuery("""
                        select f.kind, f.balance_micros, f.held_micros, f.period,
                            case f.kind when 'daily' then coalesce(a.daily_micros, p.daily_micros)
                                else coalesce(a.monthly_micros, p.monthly_micros) end as allowance
                        from account a
                        left join plan p on p.id = a.plan_id
                        join fund f on f.account_id = a.id and f.kind in ('daily', 'monthly')
                        where a.id = :account
                        order by f.kind
                        """).bind("account", accountId).map((row, context) -> allowance(row, now)).stream()
                        .filter(allowance -> allowance.limitMicros() >= 0)
                        .findFirst()
                        .orElse(null));
    }

    /** With a negative limit where the account has it no more. */
    private static Allowance allowance(ResultSet row, Instant now) throws SQLException {
        boolean daily = row.getString("kind").equals("daily");
        long period = daily ? Periods.day(now) : Periods.month(now);
        long known = row.getLong("period");
        long current = Math.max(period, known);
        long limit = row.getLong("allowance");
        if (row.wasNull()) {
            limit = -1;
        }
        long free = row.getLong("balance_micros") - row.getLong("held_micros");
        return new Allowance(
                daily ? FundKind.DAILY : FundKind.MONTHLY,
                limit,
                current > known ? Math.max(0, limit) : Math.max(0, free),
                daily ? Periods.startOfDay(current + 1) : Periods.startOfMonth(current + 1));
    }
}
