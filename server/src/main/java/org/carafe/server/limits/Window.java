package org.carafe.server.limits;

import io.github.bucket4j.BucketConfiguration;
import java.time.Duration;

/** A bucket that is filled up once a minute: a fixed window, which lets in the limit and never one more. */
final class Window {
    static final Duration LENGTH = Duration.ofMinutes(1);
    /** Unused for so long, a bucket is full and says nothing. */
    static final Duration KEPT = LENGTH.multipliedBy(2);

    private Window() {}

    static BucketConfiguration of(long perMinute) {
        return BucketConfiguration.builder()
                .addLimit(limit -> limit.capacity(perMinute).refillIntervally(perMinute, LENGTH))
                .build();
    }
}
