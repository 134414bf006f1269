package org.carafe.server.ledger.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.carafe.server.accounts.ApiKey;
import org.carafe.server.accounts.KeyKind;
import org.carafe.server.accounts.KeySettings;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Keys with their meters. */
public final class KeyStore {
    private final Handle handle;

    KeyStore(Handle handle) {
        this.handle = handle;
    }

    /**
     * What is known of a key when it is made.
     *
     * @param meterId of a successor: row of the key on whose meter it counts; null: it gets one of its own
     */
    public record NewKey(
            String publicId,
            @Nullable Long accountId,
            KeyKind kind,
            String prefix,
            @Nullable Long assistantId,
            @Nullable Long meterId,
            KeySettings settings) {}

    /** Adds one, with its meter where it has its own; its row. The digest is all that is kept of its text. */
    public long add(NewKey key, byte[] digest, Instant now) {
        KeySettings settings = key.settings();
        long id = Columns.bind(
                        handle.createQuery(
                                "insert into api_key (public_id, account_id, kind, name, prefix, digest, models,"
                                        + " routes, origins, ip_ranges, budget_micros, assistant_id, meter_id, metadata, expires_at, created_at, "
                                        + Columns.LIMITS
                                        + ") values (:publicId, :account, :kind, :name, :prefix, :digest, :models,"
                                        + " :routes, :origins, :ipRanges, :budget, :assistant, :meter, :metadata, :expires, :now, "
                                        + Columns.LIMIT_VALUES + ") returning id"),
                        settings.limits())
                .bind("publicId", key.publicId())
                .bind("account", key.accountId())
                .bind("kind", key.kind().word())
                .bind("name", settings.name())
                .bind("prefix", key.prefix())
                .bind("digest", digest)
                .bind("models", Columns.json(settings.scope().models()))
                .bind("routes", Columns.json(settings.scope().routes()))
                .bind("origins", Columns.json(settings.scope().origins()))
                .bind("ipRanges", Columns.json(settings.scope().ipRanges()))
                .bind("budget", settings.budgetMicros())
                .bind("assistant", key.assistantId())
                .bind("meter", key.meterId())
                .bind("metadata", Columns.json(settings.metadata()))
                .bind("expires", Columns.millis(settings.expiresAt()))
                .bind("now", now.toEpochMilli())
                .mapTo(Long.class)
                .one();
        if (key.meterId() == null) {
            handle.createUpdate("insert into key_meter (key_id) values (:id)")
                    .bind("id", id)
                    .execute();
        }
        return id;
    }

    public void revoke(long id, Instant at) {
        handle.createUpdate("update api_key set revoked_at = :at where id = :id and revoked_at is null")
                .bind("at", at.toEpochMilli())
                .bind("id", id)
                .execute();
    }

    /** Notes a key's successor and the end of its own time. */
    public void replace(long id, long successor, Instant expiresAt) {
        handle.createUpdate("update api_key set replaced_by = :successor, expires_at = :expires where id = :id")
                .bind("successor", successor)
                .bind("expires", expiresAt.toEpochMilli())
                .bind("id", id)
                .execute();
    }

    public Optional<ApiKey> find(String publicId) {
        return handle.createQuery(KeyRow.SELECT + " where k.public_id = :publicId")
                .bind("publicId", publicId)
                .map((row, context) -> KeyRow.of(row))
                .findOne();
    }

    public ApiKey get(long id) {
        return handle.createQuery(KeyRow.SELECT + " where k.id = :id")
                .bind("id", id)
                .map((row, context) -> KeyRow.of(row))
                .one();
    }

    /** An account's inference keys, oldest first, after a row. */
    public List<ApiKey> ofAccount(long accountId, long after, int limit) {
        return handle.createQuery(
                        KeyRow.SELECT
                                + " where k.account_id = :account and k.kind = 'inference' and k.id > :after order by k.id limit :limit")
                .bind("account", accountId)
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> KeyRow.of(row))
                .list();
    }

    /** All keys of a kind, oldest first, after a row. */
    public List<ApiKey> ofKind(KeyKind kind, long after, int limit) {
        return handle.createQuery(KeyRow.SELECT + " where k.kind = :kind and k.id > :after order by k.id limit :limit")
                .bind("kind", kind.word())
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> KeyRow.of(row))
                .list();
    }
}
