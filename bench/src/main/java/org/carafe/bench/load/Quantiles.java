package org.carafe.bench.load;

import org.HdrHistogram.Histogram;

/** A distribution in milliseconds; all zero where nothing was measured. */
public record Quantiles(long count, double mean, double p50, double p90, double p99, double max) {
    static Quantiles ofMicros(Histogram histogram) {
        if (histogram.getTotalCount() == 0) {
            return new Quantiles(0, 0, 0, 0, 0, 0);
        }
        return new Quantiles(
                histogram.getTotalCount(),
                histogram.getMean() / 1e3,
                histogram.getValueAtPercentile(50) / 1e3,
                histogram.getValueAtPercentile(90) / 1e3,
                histogram.getValueAtPercentile(99) / 1e3,
                histogram.getMaxValue() / 1e3);
    }
}
