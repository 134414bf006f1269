package org.carafe.server.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.carafe.inference.engine.Usage;
import org.carafe.server.ledger.db.Database;
import org.jdbi.v3.core.Handle;

/**
 * Requests that no server looks after any more: those of processes that are gone, and those whose holds have run out. The rule: what was
 * delivered as of the last note is charged; where nothing was, nothing is. Their idempotency keys are free again.
 */
final class Recovery {
    private static final int ROWS_MAX = 512;

    /** By the partial index of open requests, however many have ended. */
    static final String OPEN = "select id, expires_at from request where status = 0";

    /** By the partial index of keys whose first request still runs. */
    static final String CLAIMING =
            "select distinct process from idempotency where status is null and process is not null";

    private final Database database;

    Recovery(Database database) {
        this.database = database;
    }

    /** An open request that is nobody's. */
    record Abandoned(OpenHold hold, Usage delivered) {
        Act.End end() {
            Ending ending = delivered.completionTokens() > 0 ? Ending.EXPIRED : Ending.VOIDED;
            return new Act.End(hold, ending, delivered);
        }
    }

    /**
     * Finds some.
     *
     * @param isGone by process number
     * @param isOurs by id: a request that this process is about to end
     */
    List<Abandoned> find(long nowMillis, LongPredicate isGone, LongPredicate isOurs) {
        return database.read(handle -> {
            List<Long> ids = new ArrayList<>();
            for (Row row : open(handle)) {
                boolean dead = isGone.test(RowIds.processOf(row.id()));
                if ((dead || row.expiresAtMillis() < nowMillis) && !isOurs.test(row.id()) && ids.size() < ROWS_MAX) {
                    ids.add(row.id());
                }
            }
            return ids.isEmpty() ? List.<Abandoned>of() : load(handle, ids);
        });
    }

    /** Frees the idempotency keys of requests that processes which are gone have not settled; how many. */
    int freeKeys(LongPredicate isGone) {
        List<Long> gone =
                database
                        .<List<Long>>read(handle ->
                                handle.createQuery(CLAIMING).mapTo(Long.class).list())
                        .stream()
                        .filter(isGone::test)
                        .toList();
        if (gone.isEmpty()) {
            return 0;
        }
        return database.write(
                handle -> handle.createUpdate("delete from idempotency where status is null and process in (<gone>)")
                        .bindList("gone", gone)
                        .execute());
    }

    private record Row(long id, long expiresAtMillis) {}

    private static List<Row> open(Handle handle) {
        return handle.createQuery(OPEN)
                .map((row, context) -> new Row(row.getLong(1), row.getLong(2)))
                .list();
    }

    private static List<Abandoned> load(Handle handle, List<Long> ids) {
        return handle.createQuery("""
                        select r.id, r.account_id, r.key_id, r.model, r.price_id, r.held_daily, r.held_monthly, r.held_prepaid,
                            r.daily_period, r.monthly_period, r.tokens_max, r.created_at,
                            r.prompt_tokens, r.cached_tokens, r.completion_tokens,
                            p.prompt_micros, p.cached_micros, p.completion_micros
                        from request r left join price p on p.id = r.price_id
                        where r.id in (<ids>) and r.status = 0
                        """)
                .bindList("ids", ids)
                .map((row, context) -> {
                    Price price = row.getLong("price_id") == 0
                            ? Price.FREE
                            : new Price(
                                    row.getLong("price_id"),
                                    row.getLong("prompt_micros"),
                                    row.getLong("cached_micros"),
                                    row.getLong("completion_micros"));
                    OpenHold hold = new OpenHold(
                            row.getLong("id"),
                            row.getLong("account_id"),
                            row.getLong("key_id"),
                            row.getString("model"),
                            price,
                            row.getLong("held_daily"),
                            row.getLong("held_monthly"),
                            row.getLong("held_prepaid"),
                            row.getLong("daily_period"),
                            row.getLong("monthly_period"),
                            row.getLong("tokens_max"),
                            Math.floorDiv(row.getLong("created_at"), 86_400_000L));
                    Usage delivered = new Usage(
                            row.getInt("prompt_tokens"), row.getInt("cached_tokens"), row.getInt("completion_tokens"));
                    return new Abandoned(hold, delivered);
                })
                .list();
    }
}
