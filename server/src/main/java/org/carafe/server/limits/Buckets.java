package org.carafe.server.limits;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;

/** Where buckets are kept. Thread-safe. */
interface Buckets extends AutoCloseable {
    /**
     * The bucket of a name, made full where there is none. It may only be used at once: a bucket that is idle goes.
     *
     * @param perMinute its capacity; part of the name, so that a changed limit begins a bucket of its own
     */
    Bucket bucket(String name, long perMinute);

    /** The clock that the buckets go by. */
    TimeMeter clock();

    @Override
    void close();
}
