package org.carafe.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import org.junit.jupiter.api.Test;

final class BucketsTest {
    @Test
    void aValueOnABoundBelongsBelowIt() {
        Buckets buckets = new Buckets(1, 2, 4);
        for (double value : new double[] {0, 1, 1.5, 2, 3, 4, 5, 100}) {
            buckets.record(value);
        }
        HistogramDataPointSnapshot snapshot = buckets.snapshot(Labels.EMPTY);
        assertThat(snapshot.getClassicBuckets().getCount(0)).isEqualTo(2);
        assertThat(snapshot.getClassicBuckets().getCount(1)).isEqualTo(2);
        assertThat(snapshot.getClassicBuckets().getCount(2)).isEqualTo(2);
        assertThat(snapshot.getClassicBuckets().getCount(3)).isEqualTo(2);
        assertThat(snapshot.getSum()).isEqualTo(116.5);
        assertThat(snapshot.getCount()).isEqualTo(8);
    }
}
