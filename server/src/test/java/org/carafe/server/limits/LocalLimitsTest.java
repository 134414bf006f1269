package org.carafe.server.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carafe.server.limits.Grants.key;
import static org.carafe.server.limits.Grants.limits;

import java.time.Duration;
import org.carafe.server.accounts.Limits;
import org.junit.jupiter.api.Test;

/** Limits of one process. */
final class LocalLimitsTest extends MinuteLimitsContract {
    @Override
    Buckets open(SetClock clock) {
        return new LocalBuckets(clock);
    }

    @Override
    int servers() {
        return 1;
    }

    @Test
    void bucketsOfIdleKeysAreDropped() {
        LocalBuckets buckets = new LocalBuckets(clock);
        try (MinuteLimits limits = new BucketLimits(buckets)) {
            for (int i = 0; i < 1_000; i++) {
                limits.take(key(limits(60L, 1_000L), Limits.NONE), 1);
            }
            assertThat(buckets.size()).isEqualTo(2_000);

            clock.pass(Duration.ofMinutes(3));
            limits.take(key(limits(60L, 1_000L), Limits.NONE), 1);

            assertThat(buckets.size()).isEqualTo(2);
        }
    }

    @Test
    void durationsAreWrittenAsOpenAiWritesThem() {
        assertThat(LimitHeaders.duration(0)).isEqualTo("0s");
        assertThat(LimitHeaders.duration(12)).isEqualTo("12s");
        assertThat(LimitHeaders.duration(360)).isEqualTo("6m0s");
        assertThat(LimitHeaders.seconds(1)).isEqualTo(1);
        assertThat(LimitHeaders.seconds(1_000_000_000)).isEqualTo(1);
        assertThat(LimitHeaders.seconds(1_000_000_001)).isEqualTo(2);
    }
}
