package org.carafe.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.junit.jupiter.api.Test;

/** Keys that nobody knows: how many are looked up at once, and which are not looked up again. */
final class UnknownKeysTest {
    private final AtomicLong nowMillis = new AtomicLong(1_000_000);
    private final InstantSource clock = () -> Instant.ofEpochMilli(nowMillis.get());
    private final AtomicInteger lookups = new AtomicInteger();

    private static ByteBuffer digest(int number) {
        return ByteBuffer.allocate(4).putInt(0, number);
    }

    private Optional<String> none() {
        lookups.incrementAndGet();
        return Optional.empty();
    }

    @Test
    void aFewAreLookedUpAtOnceAndWhoWaitsTooLongIsToldToTryAgain() throws Exception {
        UnknownKeys unknown = new UnknownKeys(clock, Duration.ofMillis(200));
        CountDownLatch arrived = new CountDownLatch(UnknownKeys.AT_ONCE_MAX);
        CountDownLatch answered = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> slow = new ArrayList<>();
            for (int i = 0; i < UnknownKeys.AT_ONCE_MAX; i++) {
                ByteBuffer digest = digest(i);
                slow.add(threads.submit(() -> unknown.lookUp(digest, 1, () -> {
                    arrived.countDown();
                    await(answered);
                    return none();
                })));
            }
            assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();

            assertThatThrownBy(() -> unknown.lookUp(digest(99), 1, this::none))
                    .isInstanceOfSatisfying(ApiException.class, refused -> {
                        assertThat(refused.kind()).isEqualTo(ErrorKind.LEDGER_UNAVAILABLE);
                        assertThat(refused.headers()).containsEntry("Retry-After", "1");
                    });

            assertThat(lookups.get()).as("it was not looked up").isZero();
            answered.countDown();
            for (Future<?> one : slow) {
                one.get();
            }
        }
        assertThat(unknown.lookUp(digest(99), 1, () -> Optional.of("key"))).contains("key");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theSameKeyOfManyCallersIsLookedUpOnce() throws Exception {
        UnknownKeys unknown = new UnknownKeys(clock, Duration.ofSeconds(10));
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Optional<String>>> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                all.add(threads.submit(() -> {
                    start.await();
                    return unknown.lookUp(digest(7), 1, this::none);
                }));
            }
            start.countDown();
            for (Future<Optional<String>> one : all) {
                assertThat(one.get()).isEmpty();
            }
        }
        assertThat(lookups.get()).isBetween(1, UnknownKeys.AT_ONCE_MAX);
    }

    @Test
    void aKeyThatIsNoneIsRememberedForAWhileAndUntilSomethingChanges() {
        UnknownKeys unknown = new UnknownKeys(clock, Duration.ofSeconds(1));
        unknown.lookUp(digest(1), 5, this::none);
        assertThat(unknown.remembers(digest(1), 5)).isTrue();
        assertThat(unknown.remembers(digest(2), 5)).isFalse();
        assertThat(unknown.remembers(digest(1), 6)).as("something has changed").isFalse();
        nowMillis.addAndGet(UnknownKeys.REMEMBERED.toMillis() - 1);
        assertThat(unknown.remembers(digest(1), 5)).isTrue();
        nowMillis.addAndGet(1);
        assertThat(unknown.remembers(digest(1), 5)).as("its time is over").isFalse();
    }

    @Test
    void aLookupThatFailsIsNoAnswerAndLeavesItsPlace() {
        UnknownKeys unknown = new UnknownKeys(clock, Duration.ofMillis(100));
        for (int i = 0; i < 3 * UnknownKeys.AT_ONCE_MAX; i++) {
            assertThatThrownBy(() -> unknown.lookUp(digest(1), 1, () -> {
                        throw new IllegalStateException("the database failed");
                    }))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThat(unknown.remembers(digest(1), 1)).isFalse();
    }
}
