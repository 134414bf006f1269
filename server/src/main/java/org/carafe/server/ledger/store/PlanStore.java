package org.carafe.server.ledger.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.carafe.server.accounts.Plan;
import org.carafe.server.accounts.PlanSettings;
import org.jdbi.v3.core.Handle;

/** Plans. */
public final class PlanStore {
    private static final String COLUMNS = "id, name, monthly_micros, daily_micros, created_at, " + Columns.LIMITS;

    private final Handle handle;

    PlanStore(Handle handle) {
        this.handle = handle;
    }

    /** Adds one; false if its name is taken. */
    public boolean add(String name, PlanSettings settings, Instant now) {
        return Columns.bind(
                                handle.createUpdate("insert into plan (name, monthly_micros, daily_micros, created_at, "
                                        + Columns.LIMITS + ") values (:name, :monthly, :daily, :now, "
                                        + Columns.LIMIT_VALUES + ") on conflict (name) do nothing"),
                                settings.limits())
                        .bind("name", name)
                        .bind("monthly", settings.monthlyMicros())
                        .bind("daily", settings.dailyMicros())
                        .bind("now", now.toEpochMilli())
                        .execute()
                == 1;
    }

    /** Changes one. Allowances count from their next period on; a fund that an account lacks for them is made. */
    public void set(long id, PlanSettings settings) {
        Columns.bind(
                        handle.createUpdate("update plan set monthly_micros = :monthly, daily_micros = :daily, "
                                + Columns.LIMIT_CHANGES + " where id = :id"),
                        settings.limits())
                .bind("monthly", settings.monthlyMicros())
                .bind("daily", settings.dailyMicros())
                .bind("id", id)
                .execute();
        Funds.ensureAllowances(handle);
    }

    public Optional<Plan> find(String name) {
        return handle.createQuery("select " + COLUMNS + " from plan where name = :name")
                .bind("name", name)
                .map((row, context) -> plan(row))
                .findOne();
    }

    /** By name, after a name. */
    public List<Plan> list(String after, int limit) {
        return handle.createQuery("select " + COLUMNS + " from plan where name > :after order by name limit :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> plan(row))
                .list();
    }

    private static Plan plan(ResultSet row) throws SQLException {
        return new Plan(
                row.getLong("id"),
                row.getString("name"),
                new PlanSettings(
                        Columns.number(row, "monthly_micros"),
                        Columns.number(row, "daily_micros"),
                        Columns.limits(row, "")),
                Columns.instant(row, "created_at"));
    }
}
