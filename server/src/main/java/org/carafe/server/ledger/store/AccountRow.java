package org.carafe.server.ledger.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.carafe.server.accounts.Account;
import org.carafe.server.accounts.AccountBalances;
import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.accounts.ErrorStyle;
import org.carafe.server.accounts.FundBalance;
import org.carafe.server.accounts.Plan;
import org.carafe.server.accounts.PlanSettings;
import org.jspecify.annotations.Nullable;

/** An account joined with its plan, its meter and its three funds. */
final class AccountRow {
    static final String SELECT = "select a.id, a.name, a.error_style, a.monthly_micros, a.daily_micros,"
            + " a.low_balance_micros, a.priority_max, a.metadata, a.disabled_at, a.created_at, " + limits("a", "")
            + ", p.id as plan_id, p.name as plan_name, p.monthly_micros as plan_monthly, p.daily_micros as plan_daily,"
            + " p.created_at as plan_created_at, " + limits("p", "plan_") + ", m.spent_micros, " + fund("prepaid")
            + ", "
            + fund("monthly") + ", " + fund("daily")
            + " from account a left join plan p on p.id = a.plan_id"
            + " left join account_meter m on m.account_id = a.id" + join("prepaid") + join("monthly") + join("daily");

    private AccountRow() {}

    private static String limits(String table, String prefix) {
        StringBuilder columns = new StringBuilder();
        for (String column : Columns.LIMITS.split(", ", -1)) {
            columns.append(columns.isEmpty() ? "" : ", ")
                    .append(table)
                    .append('.')
                    .append(column)
                    .append(" as ")
                    .append(prefix)
                    .append(column);
        }
        return columns.toString();
    }

    private static String fund(String kind) {
        return "%1$s.balance_micros as %1$s_balance, %1$s.held_micros as %1$s_held, %1$s.overdraft_micros as %1$s_overdraft, %1$s.period as %1$s_period"
                .formatted(kind);
    }

    private static String join(String kind) {
        return " left join fund %1$s on %1$s.account_id = a.id and %1$s.kind = '%1$s'".formatted(kind);
    }

    static AccountBalances of(ResultSet row) throws SQLException {
        FundBalance prepaid = fund(row, "prepaid");
        if (prepaid == null) {
            throw new IllegalStateException("account " + row.getLong("id") + " has no prepaid fund");
        }
        return new AccountBalances(
                account(row),
                plan(row),
                prepaid,
                fund(row, "monthly"),
                fund(row, "daily"),
                row.getLong("spent_micros"));
    }

    private static Account account(ResultSet row) throws SQLException {
        AccountSettings settings = new AccountSettings(
                row.getString("plan_name"),
                Columns.constant(row, "error_style", ErrorStyle.class),
                Columns.number(row, "monthly_micros"),
                Columns.number(row, "daily_micros"),
                row.getLong("prepaid_overdraft"),
                Columns.limits(row, ""),
                Columns.number(row, "low_balance_micros"),
                row.getInt("priority_max"),
                Columns.texts(row.getString("metadata")));
        return new Account(
                row.getLong("id"),
                row.getString("name"),
                settings,
                Columns.instantOrNull(row, "disabled_at"),
                Columns.instant(row, "created_at"));
    }

    private static @Nullable Plan plan(ResultSet row) throws SQLException {
        String name = row.getString("plan_name");
        return name == null
                ? null
                : new Plan(
                        row.getLong("plan_id"),
                        name,
                        new PlanSettings(
                                Columns.number(row, "plan_monthly"),
                                Columns.number(row, "plan_daily"),
                                Columns.limits(row, "plan_")),
                        Columns.instant(row, "plan_created_at"));
    }

    private static @Nullable FundBalance fund(ResultSet row, String kind) throws SQLException {
        Long balance = Columns.number(row, kind + "_balance");
        return balance == null
                ? null
                : new FundBalance(
                        balance,
                        row.getLong(kind + "_held"),
                        row.getLong(kind + "_overdraft"),
                        row.getLong(kind + "_period"));
    }
}
