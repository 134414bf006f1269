package org.carafe.server.ledger.store;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
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

    /** What an account has kept; without a look at its rows, which hold the answers. */
    public static final String KEPT_BYTES =
            "select coalesce(sum(response_bytes), 0) from idempotency where scope = :scope";

    /** Forgotten in one transaction: others write in between. */
    public static final int PURGED_AT_ONCE = 500;

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

    /**
     * What came of a claim.
     *
     * @param kept whose it is otherwise; null: it was let go this moment
     */
    public record Claimed(boolean isMine, @Nullable Kept kept) {}

    /** What this process would claim, and has claimed where {@link #claim} says so. */
    public Claim ofThisProcess(String scope, String key, Instant now) {
        return new Claim(scope, key, database.processNumber(), Instant.ofEpochMilli(now.toEpochMilli()));
    }

    /**
     * Who has a key, if anybody; without a write. A claim that has expired is nobody's, and so is one whose process is gone: of SQLite's,
     * every other one, as one server has it at a time.
     *
     * @param bodyDigest only where it is the same is the answer read
     */
    public Optional<Kept> find(Claim claim, byte[] bodyDigest) {
        return database.read(handle -> find(handle, claim, bodyDigest, claim.createdAt()));
    }

    /**
     * Claims a key. What {@link #find} calls nobody's gives way.
     *
     * @param claim from its {@code createdAt} on
     * @param expiresAt to be renewed before
     */
    public Claimed claim(Claim claim, byte[] bodyDigest, Instant expiresAt) {
        return database.write(handle -> {
            discard(handle, claim);
            int inserted = handle.createUpdate("insert into idempotency (scope, idempotency_key, body_digest, process,"
                            + " created_at, expires_at) values (:scope, :key, :digest, :process, :now, :expires)"
                            + " on conflict (scope, idempotency_key) do nothing")
                    .bind("scope", claim.scope())
                    .bind("key", claim.key())
                    .bind("digest", bodyDigest)
                    .bind("process", claim.process())
                    .bind("now", claim.createdAt().toEpochMilli())
                    .bind("expires", expiresAt.toEpochMilli())
                    .execute();
            return inserted == 1
                    ? new Claimed(true, null)
                    : new Claimed(
                            false,
                            find(handle, claim, bodyDigest, Instant.EPOCH).orElse(null));
        });
    }

    private void discard(Handle handle, Claim claim) {
        String gone = database.dialect() == Dialect.SQLITE ? " or (status is null and process <> :process)" : "";
        var delete = handle.createUpdate("delete from idempotency where scope = :scope and idempotency_key = :key and"
                        + " (expires_at <= :now" + gone + ")")
                .bind("scope", claim.scope())
                .bind("key", claim.key())
                .bind("now", claim.createdAt().toEpochMilli());
        if (!gone.isEmpty()) {
            delete.bind("process", claim.process());
        }
        delete.execute();
    }

    private Optional<Kept> find(Handle handle, Claim claim, byte[] bodyDigest, Instant after) {
        return handle.createQuery("select body_digest, status, content_type, process,"
                        + " case when body_digest = :digest then response end as response from idempotency"
                        + " where scope = :scope and idempotency_key = :key and expires_at > :after")
                .bind("scope", claim.scope())
                .bind("key", claim.key())
                .bind("digest", bodyDigest)
                .bind("after", after.toEpochMilli())
                .map((row, context) -> {
                    int status = row.getInt("status");
                    boolean isRunning = row.wasNull();
                    boolean isGone = isRunning
                            && database.dialect() == Dialect.SQLITE
                            && row.getLong("process") != claim.process();
                    return isGone
                            ? Optional.<Kept>empty()
                            : Optional.of(new Kept(
                                    row.getBytes("body_digest"),
                                    isRunning ? null : status,
                                    row.getString("content_type"),
                                    row.getBytes("response")));
                })
                .findOne()
                .flatMap(kept -> kept);
    }

    /** Bytes of the answers that are kept for a scope. */
    public long keptBytes(String scope) {
        return database.read(handle -> handle.createQuery(KEPT_BYTES)
                .bind("scope", scope)
                .mapTo(Long.class)
                .one());
    }

    /** Lets a key go: the next request with it is the first again. */
    public void release(Claim claim) {
        release(List.of(claim));
    }

    /** The same, of many. */
    public void release(Collection<Claim> claims) {
        changeOwn("delete from idempotency", claims, batch -> {});
    }

    /** Says that these are still running. */
    public void renew(Collection<Claim> claims, Instant expiresAt) {
        changeOwn(
                "update idempotency set expires_at = :expires",
                claims,
                batch -> batch.bind("expires", expiresAt.toEpochMilli()));
    }

    private void changeOwn(String change, Collection<Claim> claims, Consumer<PreparedBatch> values) {
        database.write(handle -> {
            PreparedBatch batch = handle.prepareBatch(change + WHERE_OWN);
            // In the order in which settlements lock them.
            for (Claim claim : claims.stream().sorted(ORDER).toList()) {
                values.accept(batch);
                batch.bind("scope", claim.scope())
                        .bind("key", claim.key())
                        .bind("process", claim.process())
                        .bind("created", claim.createdAt().toEpochMilli())
                        .add();
            }
            return batch.execute();
        });
    }

    /** Forgets what has expired, at most {@link #PURGED_AT_ONCE}; how many. */
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
                                + " where expires_at <= :now and (scope, idempotency_key) in (select scope, idempotency_key"
                                + " from idempotency where expires_at <= :now order by expires_at limit :most)"
                                // Locked in the order in which settlements lock them.
                                + " order by scope, idempotency_key"
                                + database.dialect().forUpdate() + ")")
                        .bind("now", now.toEpochMilli())
                        .bind("most", PURGED_AT_ONCE)
                        .execute())
                : 0;
    }
}
