package org.carafe.server.ledger.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.carafe.server.accounts.AccountBalances;
import org.carafe.server.accounts.AccountSettings;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/** Accounts with their funds and meters. */
public final class AccountStore {
    private final Handle handle;

    AccountStore(Handle handle) {
        this.handle = handle;
    }

    /**
     * Adds one with its funds and its meter.
     *
     * @param planId row of the plan that the settings name
     * @return its row; empty if its name is taken
     */
    public OptionalLong add(String name, @Nullable Long planId, AccountSettings settings, Instant now) {
        Optional<Long> id = bind(
                        handle.createQuery(
                                "insert into account (name, plan_id, error_style, monthly_micros, daily_micros,"
                                        + " low_balance_micros, priority_max, metadata, created_at, " + Columns.LIMITS
                                        + ") values (:name, :plan, :style, :monthly, :daily, :low, :priority, :metadata, :now, "
                                        + Columns.LIMIT_VALUES + ") on conflict (name) do nothing returning id"),
                        planId,
                        settings)
                .bind("name", name)
                .bind("now", now.toEpochMilli())
                .mapTo(Long.class)
                .findOne();
        if (id.isEmpty()) {
            return OptionalLong.empty();
        }
        Funds.open(handle, id.get(), settings.overdraftMicros());
        Funds.ensureAllowances(handle);
        handle.createUpdate("insert into account_meter (account_id) values (:id)")
                .bind("id", id.get())
                .execute();
        return OptionalLong.of(id.get());
    }

    /** Changes one; its overdraft too, which the database refuses where the balance is below it already. */
    public void set(long id, @Nullable Long planId, AccountSettings settings) {
        bind(
                        handle.createUpdate("update account set plan_id = :plan, error_style = :style,"
                                + " monthly_micros = :monthly, daily_micros = :daily, low_balance_micros = :low,"
                                + " priority_max = :priority, metadata = :metadata, " + Columns.LIMIT_CHANGES
                                + " where id = :id"),
                        planId,
                        settings)
                .bind("id", id)
                .execute();
        handle.createUpdate("update fund set overdraft_micros = :overdraft where account_id = :id and kind = 'prepaid'")
                .bind("overdraft", settings.overdraftMicros())
                .bind("id", id)
                .execute();
        Funds.ensureAllowances(handle);
    }

    /** @param at since when it is disabled; null: enabled */
    public void disable(long id, @Nullable Instant at) {
        handle.createUpdate("update account set disabled_at = :at where id = :id")
                .bind("at", Columns.millis(at))
                .bind("id", id)
                .execute();
    }

    public Optional<AccountBalances> find(String name) {
        return handle.createQuery(AccountRow.SELECT + " where a.name = :name")
                .bind("name", name)
                .map((row, context) -> AccountRow.of(row))
                .findOne();
    }

    /** By name, after a name. */
    public List<AccountBalances> list(String after, int limit) {
        return handle.createQuery(AccountRow.SELECT + " where a.name > :after order by a.name limit :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> AccountRow.of(row))
                .list();
    }

    private static <S extends SqlStatement<S>> S bind(S statement, @Nullable Long planId, AccountSettings settings) {
        return Columns.bind(statement, settings.limits())
                .bind("plan", planId)
                .bind("style", settings.errorStyle().word())
                .bind("monthly", settings.monthlyMicros())
                .bind("daily", settings.dailyMicros())
                .bind("low", settings.lowBalanceMicros())
                .bind("priority", settings.priorityMax())
                .bind("metadata", Columns.json(settings.metadata()));
    }
}
