package org.carafe.server.limits;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A wall clock that moves when told to. */
final class SetClock implements TimeMeter {
    private final AtomicLong nanos = new AtomicLong(Duration.ofDays(20_000).toNanos());

    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Override
    public long currentTimeNanos() {
        return nanos.get();
    }

    @Override
    public boolean isWallClockBased() {
        return true;
    }
}
