package org.carafe.server.ledger.store;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.Dialect;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/**
 * Idempotency keys of requests: claimed by the first request, which one insert decides. Answers are written by the ledger, with what they
 * cost. Thread-safe; each method is a transaction of its own.
 */
public final class ClaimStore {
    /** Of one account's answers together, for a day: a caller must not fill the disk. */
    public static final long KEPT_BYTES_MAX = 64L << 20;

    private static final String WHERE_OWN =
            " where scope = :scope and idempotency_key = :key and process = :process and created_at = :created and status is null";

    private static final Comparator<Claim> ORDER =
            Comparator.comparing(Claim::scope).thenComparing(Claim::key);

    private final Database database;

    public ClaimStore(Database database) {
        this.database = database;
    }

    /** A claim of this process. */
    public record Claim(String scope, String key, long process, Instant createdAt) {}

    /**
     * What stands in the way of a claim.
     *
     * @param status null: it is still running
     */
    @SuppressWarnings("ArrayRecordComponent") // compared in constant time
    public record Kept(
            byte[] bodyDigest,
            @Nullable Integer status,
            @Nullable String contentType,
            byte @Nullable [] sealedAnswer) {}

    /** One of the two. */
    public record Claimed(@Nullable Claim claim, @Nullable Kept kept) {}

    /**
     * Claims a key, or says who has it. A claim that has expired gives way, and so does one whose process is gone: of SQLite's, every other
     * one, as one server has it at a time.
     *
     * @param expiresAt of the claim; to be renewed before
     */
    public Claimed claim(String scope, String key, byte[] bodyDigest, Instant now, Instant expiresAt) {
        long process = database.processNumber();
        return database.write(handle -> {
            discard(handle, scope, key, now, process);
            int inserted = handle.createUpdate("insert into idempotency (scope, idempotency_key, body_digest, process,"
                            + " created_at, expires_at) values (:scope, :key, :digest, :process, :now, :expires)"
                            + " on conflict (scope, idempotency_key) do nothing")
                    .bind("scope", scope)
                    .bind("key", key)
                    .bind("digest", bodyDigest)
                    .bind("process", process)
                    .bind("now", now.toEpochMilli())
                    .bind("expires", expiresAt.toEpochMilli())
                    .execute();
            if (inserted == 1) {
                return new Claimed(new Claim(scope, key, process, Instant.ofEpochMilli(now.toEpochMilli())), null);
            }
            return new Claimed(null, find(handle, scope, key).orElse(null));
        });
    }

    private void discard(Handle handle, String scope, String key, Instant now, long process) {
        String gone = database.dialect() == Dialect.SQLITE ? " or (status is null and process <> :process)" : "";
        var delete = handle.createUpdate("delete from idempotency where scope = :scope and idempotency_key = :key and"
                        + " (expires_at <= :now" + gone + ")")
                .bind("scope", scope)
                .bind("key", key)
                .bind("now", now.toEpochMilli());
        if (!gone.isEmpty()) {
            delete.bind("process", process);
        }
        delete.execute();
    }

    private static Optional<Kept> find(Handle handle, String scope, String key) {
        return handle.createQuery("select body_digest, status, content_type, response from idempotency"
                        + " where scope = :scope and idempotency_key = :key")
                .bind("scope", scope)
                .bind("key", key)
                .map((row, context) -> {
                    int status = row.getInt("status");
                    return new Kept(
                            row.getBytes("body_digest"),
                            row.wasNull() ? null : status,
                            row.getString("content_type"),
                            row.getBytes("response"));
                })
                .findOne();
    }

    /** Bytes of the answers that are kept for a scope. */
    public long keptBytes(String scope) {
        return database.read(handle -> handle.createQuery(
                        "select coalesce(sum(length(response)), 0) from idempotency where scope = :scope")
                .bind("scope", scope)
                .mapTo(Long.class)
                .one());
    }

    /** Lets a key go: the next request with it is the first again. */
    public void release(Claim claim) {
        int released = database.write(handle -> handle.createUpdate("delete from idempotency" + WHERE_OWN)
                .bind("scope", claim.scope())
                .bind("key", claim.key())
                .bind("process", claim.process())
                .bind("created", claim.createdAt().toEpochMilli())
                .execute());
        assert released <= 1 : "a claim is one row";
    }

    /** Says that these are still running. */
    public void renew(Collection<Claim> claims, Instant expiresAt) {
        int[] renewed = database.write(handle -> {
            PreparedBatch batch = handle.prepareBatch("update idempotency set expires_at = :expires" + WHERE_OWN);
            // In the order in which settlements lock them.
            for (Claim claim : claims.stream().sorted(ORDER).toList()) {
                batch.bind("expires", expiresAt.toEpochMilli())
                        .bind("scope", claim.scope())
                        .bind("key", claim.key())
                        .bind("process", claim.process())
                        .bind("created", claim.createdAt().toEpochMilli())
                        .add();
            }
            return batch.execute();
        });
        assert renewed.length == claims.size() : "one update a claim";
    }

    /** Forgets what has expired; how many. */
    public int purge(Instant now) {
        boolean any = database.read(
                        handle -> handle.createQuery("select 1 from idempotency where expires_at <= :now limit 1")
                                .bind("now", now.toEpochMilli())
                                .mapTo(Integer.class)
                                .findOne())
                .isPresent();
        return any
                ? database.write(handle -> handle.createUpdate("delete from idempotency"
                                + " where (scope, idempotency_key) in (select scope, idempotency_key from idempotency"
                                + " where expires_at <= :now order by scope, idempotency_key"
                                + database.dialect().forUpdate() + ")")
                        .bind("now", now.toEpochMilli())
                        .execute())
                : 0;
    }
}
