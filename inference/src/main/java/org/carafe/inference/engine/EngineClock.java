package org.carafe.inference.engine;

import java.time.Instant;

/** The engine's two clocks: one to measure with, one to compare callers' deadlines with. A test moves both by hand. */
public interface EngineClock {
    /** Monotonic nanoseconds from an arbitrary origin. */
    long nanos();

    /** Wall time. */
    Instant now();

    /** The machine's. */
    static EngineClock system() {
        return new EngineClock() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public Instant now() {
                return Instant.now();
            }
        };
    }
}
