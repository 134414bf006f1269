package org.carafe.server.ledger.store;

import org.jdbi.v3.core.Handle;

/** The rows that credits are kept in. */
final class Funds {
    private Funds() {}

    /** The prepaid fund of a new account. */
    static void open(Handle handle, long accountId, long overdraftMicros) {
        handle.createUpdate(
                        "insert into fund (account_id, kind, overdraft_micros) values (:account, 'prepaid', :overdraft)")
                .bind("account", accountId)
                .bind("overdraft", overdraftMicros)
                .execute();
    }

    /** Gives every account that has an allowance, its own or its plan's, the fund for it. They start empty, in no period. */
    static void ensureAllowances(Handle handle) {
        ensure(handle, "monthly", "monthly_micros");
        ensure(handle, "daily", "daily_micros");
    }

    private static void ensure(Handle handle, String kind, String column) {
        handle.createUpdate("insert into fund (account_id, kind, overdraft_micros)"
                        + " select a.id, :kind, 0 from account a left join plan p on p.id = a.plan_id"
                        + " where coalesce(a." + column + ", p." + column + ") is not null"
                        + " and not exists (select 1 from fund f where f.account_id = a.id and f.kind = :kind)")
                .bind("kind", kind)
                .execute();
    }
}
