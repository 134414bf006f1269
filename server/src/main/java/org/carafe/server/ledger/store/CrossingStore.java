package org.carafe.server.ledger.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.store.DeliveryStore.Event;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Lines that were crossed and have not been told yet. That a crossing is told and that its deliveries wait is one transaction, so it is told
 * once, whoever sees it first and whatever dies. Thread-safe.
 */
public final class CrossingStore {
    private static final String BALANCE =
            "(select coalesce(sum(balance_micros), 0) from fund where fund.account_id = account.id)";
    private static final String IS_LOW = BALANCE + " < low_balance_micros";

    private final Database database;

    public CrossingStore(Database database) {
        this.database = database;
    }

    /** An account below its line. */
    public record LowAccount(long id, String name, long balanceMicros, long lineMicros) {}

    /**
     * A key.
     *
     * @param meterId row of the key on whose meter it counts
     * @param accountId null: a management key
     */
    public record KeyRow(
            long id,
            long meterId,
            String publicId,
            String name,
            String prefix,
            @Nullable Long accountId,
            @Nullable String account,
            long spentMicros,
            @Nullable Long budgetMicros,
            @Nullable Instant expiresAt) {}

    /** Tells accounts that fell below their lines, and notes those that are above them again; how many were told. */
    public int lowAccounts(Instant now, int limit, Function<LowAccount, Event> event) {
        List<LowAccount> low = database.read(handle -> handle.createQuery("select id, name, " + BALANCE
                        + " as balance, low_balance_micros from account where low_balance_micros is not null"
                        + " and low_told_at is null and disabled_at is null and " + IS_LOW
                        + " order by id limit :limit")
                .bind("limit", limit)
                .map((row, context) -> new LowAccount(
                        row.getLong("id"),
                        row.getString("name"),
                        row.getLong("balance"),
                        row.getLong("low_balance_micros")))
                .list());
        int told = 0;
        for (LowAccount account : low) {
            told += tell(
                    event.apply(account),
                    handle -> handle.createUpdate(
                                    "update account set low_told_at = :now where id = :id and low_told_at is null")
                            .bind("now", now.toEpochMilli())
                            .bind("id", account.id())
                            .execute());
        }
        String recovered = " where low_told_at is not null and (low_balance_micros is null or not (" + IS_LOW + "))";
        boolean any = database.read(handle -> handle.createQuery("select 1 from account" + recovered + " limit 1")
                .mapTo(Integer.class)
                .findOne()
                .isPresent());
        if (any) {
            database.write(handle -> handle.execute("update account set low_told_at = null" + recovered));
        }
        return told;
    }

    /** Tells keys that have spent their budgets; how many. */
    public int spentBudgets(int limit, Function<KeyRow, Event> event) {
        List<KeyRow> keys = keys(
                "k.budget_micros is not null and m.spent_micros >= k.budget_micros"
                        + " and (o.budget_told_micros is null or o.budget_told_micros <> k.budget_micros)",
                Map.of(),
                limit);
        return keys.stream().mapToInt(key -> tellBudget(key, event)).sum();
    }

    /** Tells that a key's budget no longer paid for a request while nothing else was held of it; 0 where that was told. */
    public int refusedBudget(long keyId, Function<KeyRow, Event> event) {
        return keys("k.id = :value and k.budget_micros is not null and m.held_micros = 0", Map.of("value", keyId), 1)
                .stream()
                .mapToInt(key -> tellBudget(key, event))
                .sum();
    }

    /** A rotated key and its successor have one budget: it is told once for both. */
    private int tellBudget(KeyRow key, Function<KeyRow, Event> event) {
        return tell(
                event.apply(key),
                handle -> handle.createUpdate("update api_key set budget_told_micros = :budget where id = :id"
                                + " and (budget_told_micros is null or budget_told_micros <> :budget)")
                        .bind("budget", key.budgetMicros())
                        .bind("id", key.meterId())
                        .execute());
    }

    /** Tells keys that end before then; how many. */
    public int expiringKeys(Instant now, Instant before, int limit, Function<KeyRow, Event> event) {
        List<KeyRow> keys = keys(
                "k.expires_at > :now and k.expires_at <= :value and k.expiry_told_at is null and k.replaced_by is null",
                Map.of("now", now.toEpochMilli(), "value", before.toEpochMilli()),
                limit);
        int told = 0;
        for (KeyRow key : keys) {
            told += tell(
                    event.apply(key),
                    handle -> handle.createUpdate(
                                    "update api_key set expiry_told_at = :now where id = :id and expiry_told_at is null")
                            .bind("now", now.toEpochMilli())
                            .bind("id", key.id())
                            .execute());
        }
        return told;
    }

    /** The newest first: of a rotated key and its successor, the successor. */
    private List<KeyRow> keys(String where, Map<String, Long> values, int limit) {
        return database.read(handle -> handle.createQuery("select k.id, k.public_id, k.name, k.prefix, k.account_id,"
                        + " a.name as account_name, coalesce(m.spent_micros, 0) as spent, k.budget_micros, k.expires_at,"
                        + " o.id as meter_id from api_key k join api_key o on o.id = coalesce(k.meter_id, k.id)"
                        + " left join key_meter m on m.key_id = o.id left join account a on a.id = k.account_id"
                        + " where k.revoked_at is null and " + where + " order by k.id desc limit :limit")
                .bindMap(values)
                .bind("limit", limit)
                .map((row, context) -> new KeyRow(
                        row.getLong("id"),
                        row.getLong("meter_id"),
                        row.getString("public_id"),
                        row.getString("name"),
                        row.getString("prefix"),
                        Columns.number(row, "account_id"),
                        row.getString("account_name"),
                        row.getLong("spent"),
                        Columns.number(row, "budget_micros"),
                        Columns.instantOrNull(row, "expires_at")))
                .list());
    }

    /** 1 if it was this caller who told it. */
    private int tell(Event event, Function<Handle, Integer> mark) {
        return database.write(handle -> {
            if (mark.apply(handle) != 1) {
                return 0;
            }
            handle.createUpdate(
                            "insert into webhook_delivery (webhook_id, event_id, event, payload, next_at, created_at)"
                                    + " select id, :eventId, :event, :payload, 0, :now from webhook"
                                    + " where (account_id is null or account_id = :account)"
                                    + " and (events is null or events like :pattern)")
                    .bind("eventId", event.id())
                    .bind("event", event.type().word())
                    .bind("payload", event.payload())
                    .bind("now", event.atMillis())
                    .bind("account", event.accountId() == null ? -1 : event.accountId())
                    .bind("pattern", "%\"" + event.type().word() + "\"%")
                    .execute();
            return 1;
        });
    }
}
