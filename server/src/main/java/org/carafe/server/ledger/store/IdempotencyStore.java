package org.carafe.server.ledger.store;

import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Acts that were done under an idempotency key, with their results. */
public final class IdempotencyStore {
    private final Handle handle;

    IdempotencyStore(Handle handle) {
        this.handle = handle;
    }

    /** @param sealedResult under the master key */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    public record Done(byte[] bodyDigest, byte[] sealedResult) {}

    /** What was done under a key that still counts. */
    public Optional<Done> find(String scope, String key, Instant now) {
        return handle.createQuery("select body_digest, response from idempotency"
                        + " where scope = :scope and idempotency_key = :key and expires_at > :now")
                .bind("scope", scope)
                .bind("key", key)
                .bind("now", now.toEpochMilli())
                .map((row, context) -> new Done(row.getBytes("body_digest"), row.getBytes("response")))
                .findOne();
    }

    /** Keeps a result; one whose time is over gives way. */
    public void add(String scope, String key, Done done, Instant now, Instant expiresAt) {
        handle.createUpdate("delete from idempotency where scope = :scope and idempotency_key = :key")
                .bind("scope", scope)
                .bind("key", key)
                .execute();
        handle.createUpdate(
                        "insert into idempotency (scope, idempotency_key, body_digest, status, content_type, response,"
                                + " created_at, expires_at) values (:scope, :key, :digest, 200, 'application/json', :response,"
                                + " :now, :expires)")
                .bind("scope", scope)
                .bind("key", key)
                .bind("digest", done.bodyDigest())
                .bind("response", done.sealedResult())
                .bind("now", now.toEpochMilli())
                .bind("expires", expiresAt.toEpochMilli())
                .execute();
    }
}
