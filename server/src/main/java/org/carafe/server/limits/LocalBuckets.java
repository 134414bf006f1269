package org.carafe.server.limits;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Buckets in this process's memory: of those keys and accounts alone that were in use in the last minutes. */
final class LocalBuckets implements Buckets {
    private final TimeMeter clock;
    private final ConcurrentHashMap<String, Kept> kept = new ConcurrentHashMap<>();
    private final AtomicLong sweptAtNanos;

    LocalBuckets(TimeMeter clock) {
        this.clock = clock;
        this.sweptAtNanos = new AtomicLong(clock.currentTimeNanos());
    }

    @Override
    public Bucket bucket(String name, long perMinute) {
        long now = clock.currentTimeNanos();
        sweep(now);
        // Touched inside compute: the sweep, which decides inside one too, cannot drop what somebody has just been
        // given.
        return kept.compute(
                        name + ":" + perMinute, (key, old) -> new Kept(old == null ? full(perMinute) : old.bucket, now))
                .bucket;
    }

    private Bucket full(long perMinute) {
        var builder = Bucket.builder().withCustomTimePrecision(clock);
        for (Bandwidth bandwidth : Window.of(perMinute).getBandwidths()) {
            builder.addLimit(bandwidth);
        }
        return builder.build();
    }

    /** Drops what is idle; once a minute, by whoever comes first. */
    private void sweep(long now) {
        long last = sweptAtNanos.get();
        if (now - last < Window.LENGTH.toNanos() || !sweptAtNanos.compareAndSet(last, now)) {
            return;
        }
        for (String key : kept.keySet()) {
            kept.computeIfPresent(key, (name, one) -> now - one.usedAtNanos > Window.KEPT.toNanos() ? null : one);
        }
    }

    /** How many it keeps. */
    int size() {
        return kept.size();
    }

    @Override
    public TimeMeter clock() {
        return clock;
    }

    @Override
    public void close() {
        kept.clear();
    }

    private record Kept(Bucket bucket, long usedAtNanos) {}
}
