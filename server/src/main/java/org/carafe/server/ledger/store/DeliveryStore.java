package org.carafe.server.ledger.store;

import java.time.Instant;
import java.util.List;
import org.carafe.server.accounts.WebhookEvent;
import org.carafe.server.ledger.db.Database;
import org.jspecify.annotations.Nullable;

/** The deliveries of webhooks as a queue that outlives processes, and that several may work on. Thread-safe. */
public final class DeliveryStore {
    private final Database database;

    public DeliveryStore(Database database) {
        this.database = database;
    }

    /**
     * Something that happened.
     *
     * @param id tells repetitions
     * @param accountId null: of no account
     * @param payload JSON
     */
    public record Event(
            String id, WebhookEvent type, @Nullable Long accountId, String payload, long atMillis) {}

    /**
     * A delivery whose time has come.
     *
     * @param attempts before this one
     * @param seenNextAtMillis as it was read; it is this reader's while nobody has changed it
     */
    @SuppressWarnings("ArrayRecordComponent") // opened, never compared
    public record Due(
            long id,
            String eventId,
            String event,
            String payload,
            int attempts,
            long seenNextAtMillis,
            String webhookId,
            String url,
            byte[] sealedSecret) {}

    /** True if there is anyone to tell. */
    public boolean anyWebhooks() {
        return database.read(handle -> handle.createQuery("select 1 from webhook limit 1")
                .mapTo(Integer.class)
                .findOne()
                .isPresent());
    }

    /** Due deliveries, the longest waiting first. */
    public List<Due> due(Instant now, int limit) {
        return database.read(handle -> handle.createQuery(
                        "select d.id, d.event_id, d.event, d.payload, d.attempts,"
                                + " d.next_at, w.public_id, w.url, w.sealed_secret from webhook_delivery d"
                                + " join webhook w on w.id = d.webhook_id where d.next_at <= :now order by d.next_at limit :limit")
                .bind("now", now.toEpochMilli())
                .bind("limit", limit)
                .map((row, context) -> new Due(
                        row.getLong("id"),
                        row.getString("event_id"),
                        row.getString("event"),
                        row.getString("payload"),
                        row.getInt("attempts"),
                        row.getLong("next_at"),
                        row.getString("public_id"),
                        row.getString("url"),
                        row.getBytes("sealed_secret")))
                .list());
    }

    /** Takes one, for so long: should this process die, it is due again then. False if another process was first. */
    public boolean take(Due due, Instant until) {
        return database.write(handle -> handle.createUpdate("update webhook_delivery set next_at = :until,"
                                + " attempts = attempts + 1 where id = :id and next_at = :seen")
                        .bind("until", until.toEpochMilli())
                        .bind("id", due.id())
                        .bind("seen", due.seenNextAtMillis())
                        .execute())
                == 1;
    }

    /** It arrived. */
    public void delivered(Due due, Instant now) {
        end(due, null, now, null);
    }

    /** @param nextAt null: it is given up */
    public void failed(Due due, @Nullable Instant nextAt, String error) {
        end(due, nextAt, null, error);
    }

    private void end(Due due, @Nullable Instant nextAt, @Nullable Instant deliveredAt, @Nullable String error) {
        database.write(handle -> handle.createUpdate("update webhook_delivery set next_at = :next,"
                        + " delivered_at = :delivered, last_error = :error where id = :id")
                .bind("next", Columns.millis(nextAt))
                .bind("delivered", Columns.millis(deliveredAt))
                .bind("error", error)
                .bind("id", due.id())
                .execute());
    }

    /** Forgets what ended, and was made before then. */
    public void prune(Instant before) {
        database.write(handle -> handle.createUpdate(
                        "delete from webhook_delivery where next_at is null and created_at < :before")
                .bind("before", before.toEpochMilli())
                .execute());
    }
}
