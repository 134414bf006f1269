package org.carafe.server.ledger.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.carafe.server.accounts.Channel;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Channels. */
public final class ChannelStore {
    private static final String SELECT = "select c.id, c.public_id, a.name as account_name, c.key_id, c.name, c.model,"
            + " c.system_prompt, c.disabled_at, c.created_at from channel c join account a on a.id = c.account_id";

    private final Handle handle;

    ChannelStore(Handle handle) {
        this.handle = handle;
    }

    /**
     * Adds one; false if its account has one of that name.
     *
     * @param sealedKey the key's text under the master key, with the public id as context
     */
    public boolean add(
            String publicId,
            long accountId,
            long keyId,
            String name,
            String model,
            @Nullable String systemPrompt,
            byte[] sealedKey,
            Instant now) {
        return handle.createUpdate("insert into channel (public_id, account_id, key_id, name, model, system_prompt,"
                                + " sealed_key, created_at) values (:publicId, :account, :key, :name, :model, :systemPrompt,"
                                + " :sealedKey, :now) on conflict (account_id, name) do nothing")
                        .bind("publicId", publicId)
                        .bind("account", accountId)
                        .bind("key", keyId)
                        .bind("name", name)
                        .bind("model", model)
                        .bind("systemPrompt", systemPrompt)
                        .bind("sealedKey", sealedKey)
                        .bind("now", now.toEpochMilli())
                        .execute()
                == 1;
    }

    /** @param at since when it is disabled; null: enabled */
    public void disable(long id, @Nullable Instant at) {
        handle.createUpdate("update channel set disabled_at = :at where id = :id")
                .bind("at", Columns.millis(at))
                .bind("id", id)
                .execute();
    }

    public void setKey(long id, long keyId, byte[] sealedKey) {
        handle.createUpdate("update channel set key_id = :key, sealed_key = :sealedKey where id = :id")
                .bind("key", keyId)
                .bind("sealedKey", sealedKey)
                .bind("id", id)
                .execute();
    }

    public byte[] sealedKey(long id) {
        return handle.createQuery("select sealed_key from channel where id = :id")
                .bind("id", id)
                .mapTo(byte[].class)
                .one();
    }

    public Optional<Channel> find(String publicId) {
        return handle.createQuery(SELECT + " where c.public_id = :publicId")
                .bind("publicId", publicId)
                .map((row, context) -> channel(row))
                .findOne();
    }

    /** The channel that a key's row is of; a rotated key is still its channel's, however often it was, for as long as it works. */
    public Optional<Channel> findByKey(long keyId) {
        return handle.createQuery(SELECT + " where c.key_id = :key"
                        + " or c.key_id in (select s.id from api_key k join api_key s"
                        + " on s.meter_id = coalesce(k.meter_id, k.id) where k.id = :key)")
                .bind("key", keyId)
                .map((row, context) -> channel(row))
                .findFirst();
    }

    /** The different lists of origins of all channels whose keys work (a rotated key's are its successor's); a null list allows any origin. */
    public List<Optional<List<String>>> origins(Instant now) {
        return handle.createQuery("select distinct k.origins from channel c join api_key k on k.id = c.key_id"
                        + " where k.revoked_at is null and (k.expires_at is null or k.expires_at > :now)")
                .bind("now", now.toEpochMilli())
                .map((row, context) -> Optional.ofNullable(Columns.strings(row.getString("origins"))))
                .list();
    }

    /** Oldest first, after a row; of one account, or all. */
    public List<Channel> list(@Nullable Long accountId, long after, int limit) {
        String of = accountId == null ? "" : "c.account_id = :account and ";
        var query = handle.createQuery(SELECT + " where " + of + "c.id > :after order by c.id limit :limit")
                .bind("after", after)
                .bind("limit", limit);
        if (accountId != null) {
            query.bind("account", accountId);
        }
        return query.map((row, context) -> channel(row)).list();
    }

    private Channel channel(ResultSet row) throws SQLException {
        return new Channel(
                row.getLong("id"),
                row.getString("public_id"),
                row.getString("account_name"),
                new KeyStore(handle).get(row.getLong("key_id")),
                row.getString("name"),
                row.getString("model"),
                row.getString("system_prompt"),
                Columns.instantOrNull(row, "disabled_at"),
                Columns.instant(row, "created_at"));
    }
}
