package org.carafe.inference.engine;

/** How fast requests leave the queue, as a moving average; tells those who are refused when to come back. */
final class AdmissionRate {
    private static final double NEWEST_SHARE = 0.1;
    private static final int RETRY_AFTER_SECONDS_MAX = 60;

    private long lastNanos;
    private volatile double intervalNanos;

    AdmissionRate(long nowNanos) {
        lastNanos = nowNanos;
    }

    /** A request left the queue to run. The engine thread's. */
    void admitted(long nowNanos) {
        double interval = intervalNanos;
        intervalNanos = interval + NEWEST_SHARE * (nowNanos - lastNanos - interval);
        lastNanos = nowNanos;
    }

    /** Whole seconds until half of those that wait will have left, 1 to 60. Any thread. */
    int retryAfterSeconds(int waiting) {
        double seconds = intervalNanos * waiting / 2 / 1e9;
        return (int) Math.clamp(Math.ceil(seconds), 1, RETRY_AFTER_SECONDS_MAX);
    }
}
