package org.carafe.inference.engine;

import java.time.Duration;
import java.time.Instant;

/** A clock that moves when told. */
final class HandClock implements EngineClock {
    private long nanos = 1_000_000;

    void advance(Duration time) {
        nanos += time.toNanos();
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Instant now() {
        return Instant.EPOCH.plusNanos(nanos);
    }
}
