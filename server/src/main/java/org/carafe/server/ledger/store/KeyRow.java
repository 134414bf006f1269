package org.carafe.server.ledger.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.carafe.server.accounts.ApiKey;
import org.carafe.server.accounts.KeyKind;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.KeySettings;

/** A key joined with its meter and with the names of what its row refers to. */
final class KeyRow {
    static final String SELECT = "select k.*, a.name as account_name, s.name as assistant_name,"
            + " r.public_id as replaced_by_id, m.spent_micros, m.held_micros"
            + " from api_key k left join account a on a.id = k.account_id"
            + " left join assistant s on s.id = k.assistant_id left join api_key r on r.id = k.replaced_by"
            + " left join key_meter m on m.key_id = coalesce(k.meter_id, k.id)";

    private KeyRow() {}

    static ApiKey of(ResultSet row) throws SQLException {
        KeyScope scope = new KeyScope(
                Columns.strings(row.getString("models")),
                Columns.strings(row.getString("routes")),
                Columns.strings(row.getString("origins")),
                Columns.strings(row.getString("ip_ranges")));
        KeySettings settings = new KeySettings(
                row.getString("name"),
                scope,
                Columns.limits(row, ""),
                Columns.number(row, "budget_micros"),
                row.getString("assistant_name"),
                Columns.instantOrNull(row, "expires_at"),
                Columns.texts(row.getString("metadata")));
        Long meterId = Columns.number(row, "meter_id");
        return new ApiKey(
                row.getLong("id"),
                meterId == null ? row.getLong("id") : meterId,
                row.getString("public_id"),
                row.getString("account_name"),
                Columns.constant(row, "kind", KeyKind.class),
                row.getString("prefix"),
                settings,
                Columns.instantOrNull(row, "revoked_at"),
                row.getString("replaced_by_id"),
                Columns.instant(row, "created_at"),
                row.getLong("spent_micros"),
                row.getLong("held_micros"));
    }
}
