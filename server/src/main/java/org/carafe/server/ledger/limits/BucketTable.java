package org.carafe.server.ledger.limits;

import com.zaxxer.hikari.HikariDataSource;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.jdbc.PrimaryKeyMapper;
import io.github.bucket4j.postgresql.Bucket4jPostgreSQL;
import io.github.bucket4j.postgresql.PostgreSQLSelectForUpdateBasedProxyManager;
import java.time.Duration;
import org.carafe.server.ledger.db.Database;

/**
 * Buckets as rows, each change a transaction that locks its row. They live for minutes and are worth nothing after a crash: the table
 * is unlogged, and commits do not wait for the disk. Thread-safe.
 */
public final class BucketTable implements AutoCloseable {
    private static final int CONNECTIONS_MAX = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int EXPIRED_AT_ONCE_MAX = 1_000;

    private final HikariDataSource pool;
    private final PostgreSQLSelectForUpdateBasedProxyManager<String> table;

    /**
     * Opens connections of its own to the ledger's database.
     *
     * @param clock wall clock; all servers must have the same time, as by NTP
     * @param kept how long after its last use a row stays
     */
    public BucketTable(Database database, TimeMeter clock, Duration kept) {
        pool = database.openPool("limits", CONNECTIONS_MAX, PATIENCE, "set synchronous_commit = off");
        table = Bucket4jPostgreSQL.selectForUpdateBasedBuilder(pool)
                .primaryKeyMapper(PrimaryKeyMapper.STRING)
                .table("bucket")
                .idColumn("id")
                .stateColumn("state")
                .expiresAtColumn("expires_at")
                .clientClock(clock)
                .requestTimeout(PATIENCE)
                .expirationAfterWrite(ExpirationAfterWriteStrategy.fixedTimeToLive(kept))
                .build();
    }

    /** The bucket of a name, made full where there is none. */
    public Bucket bucket(String name, BucketConfiguration configuration) {
        return table.builder().build(name, () -> configuration);
    }

    /** Deletes rows that nobody has used for long; how many. */
    public int deleteExpired() {
        return table.removeExpired(EXPIRED_AT_ONCE_MAX);
    }

    @Override
    public void close() {
        pool.close();
    }
}
