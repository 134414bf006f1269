package org.carafe.server.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A histogram written by one thread and read by any, without locks or allocation: the engine thread records every token of every
 * sequence in it. Values are doubles in the unit of the bounds.
 */
final class Buckets {
    private final double[] bounds;
    private final AtomicLongArray counts;
    /** Bits of a double; the one writer replaces it. */
    private volatile double sum;

    /** @param bounds upper bounds, ascending; a bucket without bound follows them */
    Buckets(double... bounds) {
        this.bounds = bounds.clone();
        this.counts = new AtomicLongArray(bounds.length + 1);
    }

    /** One thread only. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void record(double value) {
        int bucket = 0;
        while (bucket < bounds.length && value > bounds[bucket]) {
            bucket++;
        }
        counts.lazySet(bucket, counts.getPlain(bucket) + 1);
        sum += value;
    }

    HistogramDataPointSnapshot snapshot(Labels labels) {
        Number[] perBucket = new Number[counts.length()];
        double[] upper = new double[counts.length()];
        for (int i = 0; i < perBucket.length; i++) {
            perBucket[i] = counts.get(i);
            upper[i] = i < bounds.length ? bounds[i] : Double.POSITIVE_INFINITY;
        }
        return HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(ClassicHistogramBuckets.of(upper, perBucket))
                .sum(sum)
                .labels(labels)
                .build();
    }
}
