package org.carafe.server.webhooks;

import java.time.Duration;

/** How long to wait after an attempt that failed: twice as long each time, up to four hours; a day and a half in all. */
final class Backoff {
    static final int ATTEMPTS_MAX = 18;

    private static final long FIRST_MILLIS = 5_000;
    private static final long LONGEST_MILLIS = Duration.ofHours(4).toMillis();

    private Backoff() {}

    /**
     * Waits are spread by a fifth, so that a receiver that comes back is not met by all at once.
     *
     * @param attempts that failed, 1 at least
     * @param spread from 0 to 1
     */
    static Duration after(int attempts, double spread) {
        long doubled = FIRST_MILLIS << Math.min(attempts - 1, 20);
        long millis = Math.min(LONGEST_MILLIS, doubled);
        return Duration.ofMillis(millis + (long) (millis * spread / 5));
    }
}
