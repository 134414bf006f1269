package org.carafe.server.ledger.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.carafe.server.accounts.Webhook;
import org.carafe.server.accounts.WebhookDelivery;
import org.carafe.server.accounts.WebhookEvent;
import org.carafe.server.accounts.Worded;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Webhooks, and how their deliveries stand. */
public final class WebhookStore {
    private static final String SELECT =
            "select w.id, w.public_id, a.name as account_name, w.url, w.events, w.created_at"
                    + " from webhook w left join account a on a.id = w.account_id";

    private final Handle handle;

    WebhookStore(Handle handle) {
        this.handle = handle;
    }

    /** @param sealedSecret under the master key, with the public id as context */
    public void add(
            String publicId,
            @Nullable Long accountId,
            String url,
            byte[] sealedSecret,
            @Nullable Set<WebhookEvent> events,
            Instant now) {
        handle.createUpdate("insert into webhook (public_id, account_id, url, sealed_secret, events, created_at)"
                        + " values (:publicId, :account, :url, :secret, :events, :now)")
                .bind("publicId", publicId)
                .bind("account", accountId)
                .bind("url", url)
                .bind("secret", sealedSecret)
                .bind(
                        "events",
                        Columns.json(
                                events == null
                                        ? null
                                        : events.stream()
                                                .sorted()
                                                .map(WebhookEvent::word)
                                                .toList()))
                .bind("now", now.toEpochMilli())
                .execute();
    }

    /** Deletes one with its deliveries. */
    public void delete(long id) {
        handle.createUpdate("delete from webhook_delivery where webhook_id = :id")
                .bind("id", id)
                .execute();
        handle.createUpdate("delete from webhook where id = :id").bind("id", id).execute();
    }

    public long count() {
        return handle.createQuery("select count(*) from webhook")
                .mapTo(Long.class)
                .one();
    }

    public Optional<Webhook> find(String publicId) {
        return handle.createQuery(SELECT + " where w.public_id = :publicId")
                .bind("publicId", publicId)
                .map((row, context) -> webhook(row))
                .findOne();
    }

    /** Oldest first, after a row. */
    public List<Webhook> list(long after, int limit) {
        return handle.createQuery(SELECT + " where w.id > :after order by w.id limit :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> webhook(row))
                .list();
    }

    /** A webhook's deliveries, newest first. */
    public List<WebhookDelivery> deliveries(long id, int limit) {
        return handle.createQuery("select event_id, event, attempts, next_at, delivered_at, last_error, created_at"
                        + " from webhook_delivery where webhook_id = :id order by id desc limit :limit")
                .bind("id", id)
                .bind("limit", limit)
                .map((row, context) -> new WebhookDelivery(
                        row.getString("event_id"),
                        row.getString("event"),
                        row.getInt("attempts"),
                        Columns.instantOrNull(row, "next_at"),
                        Columns.instantOrNull(row, "delivered_at"),
                        row.getString("last_error"),
                        Columns.instant(row, "created_at")))
                .list();
    }

    private static Webhook webhook(ResultSet row) throws SQLException {
        List<String> words = Columns.strings(row.getString("events"));
        Set<WebhookEvent> events = null;
        if (words != null) {
            events = EnumSet.noneOf(WebhookEvent.class);
            for (String word : words) {
                Worded.of(WebhookEvent.class, word).ifPresent(events::add);
            }
        }
        return new Webhook(
                row.getLong("id"),
                row.getString("public_id"),
                row.getString("account_name"),
                row.getString("url"),
                events,
                Columns.instant(row, "created_at"));
    }
}
