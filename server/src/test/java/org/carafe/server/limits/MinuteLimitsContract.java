package org.carafe.server.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.carafe.server.limits.Grants.key;
import static org.carafe.server.limits.Grants.keyOf;
import static org.carafe.server.limits.Grants.limits;
import static org.carafe.server.limits.Grants.successorOf;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.carafe.server.accounts.Limits;
import org.carafe.server.auth.KeyGrant;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds wherever the buckets are: each place has a subclass. */
abstract class MinuteLimitsContract {
    final SetClock clock = new SetClock();
    private MinuteLimits limits = new BucketLimits(new LocalBuckets(clock));

    /** Buckets of one server; those of shared places share them with the others. */
    abstract Buckets open(SetClock clock);

    @BeforeEach
    void openLimits() {
        limits = new BucketLimits(open(clock));
    }

    @AfterEach
    void closeLimits() {
        limits.close();
    }

    private static ApiException refusal(MinuteLimits limits, KeyGrant grant, long tokens) {
        try {
            limits.take(grant, tokens);
        } catch (ApiException e) {
            return e;
        }
        throw new AssertionError("it was let in");
    }

    @Test
    void aWindowLetsInItsRequestsAndNotOneMore() {
        KeyGrant grant = key(limits(3L, null), Limits.NONE);
        for (int i = 0; i < 3; i++) {
            limits.take(grant, 10);
        }

        ApiException refused = refusal(limits, grant, 10);

        assertThat(refused.kind()).isEqualTo(ErrorKind.RATE_LIMIT_EXCEEDED);
        assertThat(refused.text()).isEqualTo("Rate limit of 3 requests per minute exceeded.");
        assertThat(refused.headers())
                .containsEntry("Retry-After", "60")
                .containsEntry("X-RateLimit-Limit-Requests", "3")
                .containsEntry("X-RateLimit-Remaining-Requests", "0")
                .containsEntry("X-RateLimit-Reset-Requests", "1m0s")
                .doesNotContainKey("X-RateLimit-Limit-Tokens");
    }

    @Test
    void whoWaitsAsLongAsRetryAfterSaysGetsInAndWhoWaitsLessDoesNot() {
        KeyGrant grant = key(limits(2L, 100L), limits(null, 100L));
        limits.take(grant, 60);
        clock.pass(Duration.ofMillis(17_300));

        ApiException refused = refusal(limits, grant, 60);

        assertThat(refused.text()).isEqualTo("Rate limit of 100 tokens per minute exceeded.");
        assertThat(refused.headers()).containsEntry("Retry-After", "43");
        clock.pass(Duration.ofSeconds(42));
        assertThat(refusal(limits, grant, 60).headers()).containsEntry("Retry-After", "1");
        clock.pass(Duration.ofSeconds(1));
        assertThat(limits.take(grant, 60).headers()).containsEntry("X-RateLimit-Remaining-Tokens", "40");
    }

    @Test
    void oneWaitIsEnoughForAllLimits() {
        Limits account = limits(null, 100L);
        KeyGrant first = key(limits(1L, null), account);
        limits.take(first, 10);
        clock.pass(Duration.ofSeconds(30));
        KeyGrant second = keyOf(first.accountId(), limits(1L, null), account);
        limits.take(second, 80);
        clock.pass(Duration.ofSeconds(10));

        // The account has room in 20 s, the key in 50.
        assertThat(refusal(limits, second, 20).headers()).containsEntry("Retry-After", "50");
        clock.pass(Duration.ofSeconds(50));
        limits.take(second, 20);
    }

    @Test
    void whoLooksTakesNothingAndIsRefusedOnceNoRequestIsLeft() {
        KeyGrant grant = key(limits(2L, 100L), limits(3L, null));
        for (int i = 0; i < 5; i++) {
            limits.check(grant);
        }
        limits.take(grant, 100);
        // Tokens are for whoever takes to ask for.
        limits.check(grant);
        limits.take(grant, 0);

        assertThatThrownBy(() -> limits.check(grant)).isInstanceOfSatisfying(ApiException.class, refused -> {
            ApiException taking = refusal(limits, grant, 0);
            assertThat(refused.kind()).isEqualTo(ErrorKind.RATE_LIMIT_EXCEEDED);
            assertThat(refused.text()).isEqualTo(taking.text());
            assertThat(refused.headers()).isEqualTo(taking.headers());
        });
        KeyGrant other = keyOf(grant.accountId(), limits(2L, null), limits(3L, null));
        limits.check(other);
        limits.take(other, 0);
        assertThatThrownBy(() -> limits.check(other)).hasMessageContaining("3 requests per minute");
        clock.pass(Duration.ofMinutes(1));
        limits.check(grant);
        limits.check(other);
    }

    @Test
    void aRefusedRequestConsumesNothing() {
        KeyGrant grant = key(limits(5L, 100L), limits(5L, 50L));
        limits.take(grant, 40);

        for (int i = 0; i < 20; i++) {
            assertThat(refusal(limits, grant, 20).text()).isEqualTo("Rate limit of 50 tokens per minute exceeded.");
        }

        assertThat(limits.headers(grant))
                .containsEntry("X-RateLimit-Remaining-Requests", "4")
                .containsEntry("X-RateLimit-Remaining-Tokens", "10");
        assertThat(limits.tokensLeft(grant)).isEqualTo(10);
        limits.take(grant, 10);
    }

    @Test
    void whatIsGivenBackIsThereForOthers() {
        KeyGrant grant = key(limits(1L, 100L), Limits.NONE);
        Taken taken = limits.take(grant, 100);

        taken.giveBack();

        assertThat(limits.tokensLeft(grant)).isEqualTo(100);
        limits.take(grant, 100).settle(30);
        assertThat(limits.tokensLeft(grant)).isEqualTo(70);
        assertThat(limits.headers(grant)).containsEntry("X-RateLimit-Remaining-Requests", "0");
        assertThatThrownBy(taken::giveBack).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whoUsedMoreThanItTookPaysNoMore() {
        KeyGrant grant = key(limits(null, 100L), Limits.NONE);
        limits.take(grant, 40).settle(90);
        assertThat(limits.tokensLeft(grant)).isEqualTo(60);
    }

    @Test
    void theNextWindowTakesNothingBackFromTheLast() {
        KeyGrant grant = key(limits(2L, 100L), Limits.NONE);
        Taken early = limits.take(grant, 90);
        Taken other = limits.take(grant, 10);
        clock.pass(Duration.ofSeconds(61));
        limits.take(grant, 100);

        early.settle(1);
        other.giveBack();

        assertThat(limits.tokensLeft(grant)).isZero();
        assertThat(limits.headers(grant)).containsEntry("X-RateLimit-Remaining-Requests", "1");
    }

    @Test
    void aRequestThatNoMinuteHasRoomForIsAMistakeAndNotALimit() {
        KeyGrant grant = key(limits(5L, 1_000L), limits(null, 500L));

        ApiException refused = refusal(limits, grant, 501);

        assertThat(refused.kind()).isEqualTo(ErrorKind.INVALID_VALUE);
        assertThat(refused.param()).isEqualTo("max_tokens");
        assertThat(refused.text()).contains("501 tokens").contains("500 tokens per minute");
        assertThat(limits.headers(grant)).containsEntry("X-RateLimit-Remaining-Requests", "5");
        limits.take(grant, 500);
    }

    @Test
    void theHeadersAreThoseOfTheTighterOfKeyAndAccount() {
        Limits account = limits(10L, 1_000L);
        KeyGrant grant = key(limits(4L, 5_000L), account);

        assertThat(limits.headers(grant))
                .containsEntry("X-RateLimit-Limit-Requests", "4")
                .containsEntry("X-RateLimit-Remaining-Requests", "4")
                .containsEntry("X-RateLimit-Reset-Requests", "0s")
                .containsEntry("X-RateLimit-Limit-Tokens", "1000")
                .containsEntry("X-RateLimit-Remaining-Tokens", "1000")
                .containsEntry("X-RateLimit-Reset-Tokens", "0s");

        KeyGrant sibling = keyOf(grant.accountId(), Limits.NONE, account);
        for (int i = 0; i < 7; i++) {
            limits.take(sibling, 1);
        }
        clock.pass(Duration.ofMillis(900));
        assertThat(limits.headers(grant))
                .containsEntry("X-RateLimit-Limit-Requests", "10")
                .containsEntry("X-RateLimit-Remaining-Requests", "3")
                .containsEntry("X-RateLimit-Reset-Requests", "1m0s");
    }

    @Test
    void aChangedLimitCountsFromThenOn() {
        KeyGrant grant = key(limits(1L, null), Limits.NONE);
        limits.take(grant, 1);
        refusal(limits, grant, 1);
        KeyGrant raised = new KeyGrant(
                grant.keyId(),
                grant.meterId(),
                grant.accountId(),
                grant.kind(),
                grant.errorStyle(),
                limits(2L, null),
                Limits.NONE,
                null,
                null,
                null,
                null,
                0,
                null);

        limits.take(raised, 1);
        limits.take(raised, 1);
        assertThat(refusal(limits, raised, 1).text()).isEqualTo("Rate limit of 2 requests per minute exceeded.");
    }

    @Test
    void aSuccessorHasTheWindowOfTheKeyBeforeIt() {
        KeyGrant old = key(limits(3L, 100L), Limits.NONE);
        KeyGrant successor = successorOf(old);
        limits.take(old, 30);
        limits.take(successor, 30);

        assertThat(limits.tokensLeft(old)).isEqualTo(40);
        assertThat(limits.tokensLeft(successor)).isEqualTo(40);
        limits.take(successor, 40);
        assertThat(refusal(limits, old, 0).text()).isEqualTo("Rate limit of 3 requests per minute exceeded.");
        assertThat(refusal(limits, successor, 0).text()).isEqualTo("Rate limit of 3 requests per minute exceeded.");
    }

    @Test
    void withoutLimitsNothingIsCountedAndNoHeaderSent() {
        KeyGrant grant = key(Limits.NONE, Limits.NONE);
        assertThat(limits.take(grant, Long.MAX_VALUE).headers()).isEmpty();
        assertThat(limits.tokensLeft(grant)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aRaceLetsInExactlyTheLimit() throws InterruptedException, ExecutionException {
        KeyGrant grant = key(limits(50L, 100_000L), limits(1_000L, 3_000L));
        // Those that take 100 tokens are refused by the account after 30.
        assertThat(admitted(grant, 200, 100)).isEqualTo(30);
        clock.pass(Duration.ofSeconds(60));
        // Those that take 10 by the key after 50.
        assertThat(admitted(grant, 200, 10)).isEqualTo(50);
        assertThat(limits.tokensLeft(grant)).isEqualTo(2_500);
    }

    private int admitted(KeyGrant grant, int requests, long tokens) throws InterruptedException, ExecutionException {
        AtomicInteger admitted = new AtomicInteger();
        MinuteLimits other = servers() == 1 ? limits : new BucketLimits(open(clock));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            IntStream.range(0, requests)
                    .forEach(i -> all.add(threads.submit(() -> {
                        try {
                            (i % 2 == 0 ? limits : other).take(grant, tokens);
                            admitted.incrementAndGet();
                        } catch (ApiException e) {
                            assertThat(e.kind()).isEqualTo(ErrorKind.RATE_LIMIT_EXCEEDED);
                        }
                    })));
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            if (other != limits) {
                other.close();
            }
        }
        return admitted.get();
    }

    /** How many servers the race is between. */
    int servers() {
        return 2;
    }
}
