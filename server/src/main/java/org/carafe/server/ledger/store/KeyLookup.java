package org.carafe.server.ledger.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.carafe.server.accounts.ErrorStyle;
import org.carafe.server.accounts.KeyKind;
import org.carafe.server.accounts.Limits;
import org.carafe.server.ledger.db.Database;
import org.jspecify.annotations.Nullable;

/** Finds keys by their digests, with all that a request needs to know of them and of their accounts. Thread-safe. */
public final class KeyLookup {
    private final Database database;

    public KeyLookup(Database database) {
        this.database = database;
    }

    /**
     * A key with its account.
     *
     * @param digest to compare with the one that was looked for, in constant time
     * @param meterId row of the key on whose meter it counts
     * @param account its name; empty for a management key
     * @param accountDisabled false for a management key
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by MessageDigest.isEqual
    public record Found(
            byte[] digest,
            long keyId,
            long meterId,
            String publicId,
            KeyKind kind,
            String prefix,
            long accountId,
            String account,
            boolean accountDisabled,
            ErrorStyle errorStyle,
            Limits keyLimits,
            Limits accountLimits,
            @Nullable List<String> models,
            @Nullable List<String> routes,
            @Nullable List<String> origins,
            @Nullable List<String> ipRanges,
            @Nullable Long assistantId,
            int priorityMax,
            @Nullable Instant expiresAt,
            @Nullable Instant revokedAt) {}

    /** The key of a digest. */
    public Optional<Found> find(byte[] digest) {
        return database.read(handle -> handle.createQuery("""
                        select k.digest, k.id, coalesce(k.meter_id, k.id) as meter_id, k.public_id, k.kind, k.prefix, k.models, k.routes, k.origins, k.ip_ranges,
                            k.requests_per_minute, k.tokens_per_minute, k.requests_per_day, k.tokens_per_day, k.concurrent_max,
                            k.assistant_id, k.expires_at, k.revoked_at,
                            coalesce(a.id, 0) as account_id, coalesce(a.name, '') as account, a.disabled_at,
                            coalesce(a.error_style, 'openai') as error_style, coalesce(a.priority_max, 0) as priority_max,
                            coalesce(a.requests_per_minute, p.requests_per_minute) as account_requests_per_minute,
                            coalesce(a.tokens_per_minute, p.tokens_per_minute) as account_tokens_per_minute,
                            coalesce(a.requests_per_day, p.requests_per_day) as account_requests_per_day,
                            coalesce(a.tokens_per_day, p.tokens_per_day) as account_tokens_per_day,
                            coalesce(a.concurrent_max, p.concurrent_max) as account_concurrent_max
                        from api_key k
                        left join account a on a.id = k.account_id
                        left join plan p on p.id = a.plan_id
                        where k.digest = :digest
                        """)
                .bind("digest", digest)
                .map((row, context) -> found(row))
                .findOne());
    }

    /** True once there was a key for anything but administration. Keys are never deleted: it stays so. */
    public boolean hasKeys() {
        return database.read(handle -> handle.createQuery(
                                "select count(*) from (select 1 from api_key where kind <> 'management' limit 1) as first_key")
                        .mapTo(Long.class)
                        .one())
                > 0;
    }

    /** Changes with every act that may change what {@link #find} finds. */
    public long version() {
        return database.read(handle -> handle.select("select version from settings_version")
                .mapTo(Long.class)
                .one());
    }

    private static Found found(ResultSet row) throws SQLException {
        return new Found(
                row.getBytes("digest"),
                row.getLong("id"),
                row.getLong("meter_id"),
                row.getString("public_id"),
                Columns.constant(row, "kind", KeyKind.class),
                row.getString("prefix"),
                row.getLong("account_id"),
                row.getString("account"),
                Columns.number(row, "disabled_at") != null,
                Columns.constant(row, "error_style", ErrorStyle.class),
                Columns.limits(row, "").or(Limits.KEY_DEFAULTS),
                Columns.limits(row, "account_"),
                Columns.strings(row.getString("models")),
                Columns.strings(row.getString("routes")),
                Columns.strings(row.getString("origins")),
                Columns.strings(row.getString("ip_ranges")),
                Columns.number(row, "assistant_id"),
                row.getInt("priority_max"),
                Columns.instantOrNull(row, "expires_at"),
                Columns.instantOrNull(row, "revoked_at"));
    }
}
