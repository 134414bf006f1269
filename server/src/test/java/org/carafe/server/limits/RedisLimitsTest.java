package org.carafe.server.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.carafe.server.limits.Grants.key;
import static org.carafe.server.limits.Grants.limits;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.carafe.server.accounts.Limits;
import org.carafe.server.auth.KeyGrant;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Limits of all servers on one Redis. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RedisLimitsTest extends MinuteLimitsContract {
    private final TestRedis redis;

    RedisLimitsTest() throws IOException, InterruptedException {
        redis = new TestRedis();
    }

    @AfterAll
    void stopRedis() throws IOException {
        redis.close();
    }

    @Override
    Buckets open(SetClock clock) {
        return new RedisBuckets(redis.url(), clock);
    }

    @Test
    void withoutRedisNobodyIsLetInUntilItIsBack() throws IOException, InterruptedException {
        KeyGrant grant = key(limits(5L, 100L), Limits.NONE);
        try (TestRedis mine = new TestRedis();
                MinuteLimits limits = new BucketLimits(new RedisBuckets(mine.url(), clock))) {
            Taken taken = limits.take(grant, 10);
            mine.stop();

            ApiException refused = catchThrowableOfType(ApiException.class, () -> limits.take(grant, 10));
            assertThat(refused.kind()).isEqualTo(ErrorKind.LEDGER_UNAVAILABLE);
            // The request has run: that its tokens cannot go back is no error of its own.
            taken.settle(1);

            mine.restart();
            assertThat(takenWithin(limits, grant)).isTrue();
        }
    }

    private static boolean takenWithin(MinuteLimits limits, KeyGrant grant) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (System.nanoTime() < deadline) {
            try {
                limits.take(grant, 10);
                return true;
            } catch (ApiException e) {
                Thread.sleep(50);
            }
        }
        return false;
    }

    @Test
    void anAddressWhereNobodyAnswersIsSaidAtTheStart() {
        assertThatThrownBy(() -> new RedisBuckets("redis://127.0.0.1:1", clock))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot reach Redis at 127.0.0.1:1");
    }
}
