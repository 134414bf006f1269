package org.carafe.server.ledger.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.carafe.server.accounts.PriceVersion;
import org.jdbi.v3.core.Handle;

/** Prices; append only. */
public final class PriceStore {
    private static final String COLUMNS =
            "id, model, version, prompt_micros, cached_micros, completion_micros, since_at";

    private final Handle handle;

    PriceStore(Handle handle) {
        this.handle = handle;
    }

    /** Adds a model's next version; amounts are micro-credits for a million tokens. */
    public PriceVersion add(String model, long promptMicros, long cachedMicros, long completionMicros, Instant now) {
        return handle.createQuery("insert into price (model, version, prompt_micros, cached_micros, completion_micros,"
                        + " since_at) select :model, coalesce(max(version), 0) + 1, :prompt, :cached, :completion, :now"
                        + " from price where model = :model returning " + COLUMNS)
                .bind("model", model)
                .bind("prompt", promptMicros)
                .bind("cached", cachedMicros)
                .bind("completion", completionMicros)
                .bind("now", now.toEpochMilli())
                .map((row, context) -> price(row))
                .one();
    }

    /** The price in force of each model, by model, after a model. */
    public List<PriceVersion> current(String after, int limit) {
        return handle.createQuery("select " + COLUMNS + " from price p where model > :after and version ="
                        + " (select max(version) from price o where o.model = p.model) order by model limit :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> price(row))
                .list();
    }

    /** All versions of a model's price, newest first. */
    public List<PriceVersion> history(String model, int limit) {
        return handle.createQuery(
                        "select " + COLUMNS + " from price where model = :model order by version desc limit :limit")
                .bind("model", model)
                .bind("limit", limit)
                .map((row, context) -> price(row))
                .list();
    }

    private static PriceVersion price(ResultSet row) throws SQLException {
        return new PriceVersion(
                row.getLong("id"),
                row.getString("model"),
                row.getInt("version"),
                row.getLong("prompt_micros"),
                row.getLong("cached_micros"),
                row.getLong("completion_micros"),
                Columns.instant(row, "since_at"));
    }
}
