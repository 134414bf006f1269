package org.carafe.server.limits;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.util.concurrent.atomic.AtomicLong;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.limits.BucketTable;

/** Buckets that all servers on one PostgreSQL share. */
final class DatabaseBuckets implements Buckets {
    private final TimeMeter clock;
    private final BucketTable table;
    private final AtomicLong sweptAtNanos;

    DatabaseBuckets(Database database, TimeMeter clock) {
        this.clock = clock;
        this.table = new BucketTable(database, clock, Window.KEPT);
        this.sweptAtNanos = new AtomicLong(clock.currentTimeNanos());
    }

    @Override
    public Bucket bucket(String name, long perMinute) {
        long now = clock.currentTimeNanos();
        long last = sweptAtNanos.get();
        if (now - last >= Window.LENGTH.toNanos() && sweptAtNanos.compareAndSet(last, now)) {
            table.deleteExpired();
        }
        return table.bucket(name + ":" + perMinute, Window.of(perMinute));
    }

    @Override
    public TimeMeter clock() {
        return clock;
    }

    @Override
    public void close() {
        table.close();
    }
}
