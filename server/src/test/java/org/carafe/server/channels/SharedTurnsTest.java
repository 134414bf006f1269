package org.carafe.server.channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.junit.jupiter.api.Test;

/** Turns of processes that meet at leases; here in memory, for how they ask, renew and let go. */
final class SharedTurnsTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration OFTEN = Duration.ofMillis(10);

    private final Leases leases = new Leases();

    private SessionTurns process(Duration timeout) {
        return new SessionTurns(timeout, leases, OFTEN);
    }

    private static final class Leases implements TurnLeases {
        private final AtomicLong numbers = new AtomicLong();
        private final Map<String, Long> held = new HashMap<>();
        private final List<TurnLease> released = new ArrayList<>();
        private int renewals;
        private boolean failing;

        @Override
        public TurnLease of(long channelId, String sessionId) {
            return new TurnLease(channelId, sessionId, numbers.incrementAndGet());
        }

        @Override
        public synchronized boolean take(TurnLease lease) {
            if (failing) {
                throw new IllegalStateException("unreachable");
            }
            return held.putIfAbsent(lease.sessionId(), lease.number()) == null;
        }

        @Override
        public synchronized List<TurnLease> renew(Collection<TurnLease> leases) {
            renewals++;
            return leases.stream()
                    .filter(lease -> !Objects.equals(held.get(lease.sessionId()), lease.number()))
                    .toList();
        }

        @Override
        public synchronized void release(TurnLease lease) {
            released.add(lease);
            held.remove(lease.sessionId(), lease.number());
        }

        @Override
        public void purge() {}

        synchronized int renewals() {
            return renewals;
        }

        synchronized void lose() {
            held.clear();
        }

        synchronized List<TurnLease> released() {
            return List.copyOf(released);
        }
    }

    private void awaitRenewals(int count) throws InterruptedException {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (leases.renewals() < count) {
            assertThat(System.nanoTime()).as("renewals").isLessThan(deadline);
            Thread.sleep(1);
        }
    }

    @Test
    void aTurnWaitsForThatOfAnotherProcess() throws InterruptedException {
        AtomicBoolean ended = new AtomicBoolean();
        AtomicBoolean early = new AtomicBoolean();
        SessionTurns.Turn first = process(LONG).begin(1, "s");
        Thread waiting = Thread.ofVirtual().start(() -> {
            try (SessionTurns.Turn second = process(LONG).begin(1, "s")) {
                early.set(!ended.get() || second.lease().equals(first.lease()));
            }
        });
        Thread.sleep(50);
        ended.set(true);
        first.close();
        waiting.join();
        assertThat(early).isFalse();
        assertThat(leases.released()).hasSize(2);
    }

    @Test
    void waitingForAnotherProcessEndsAfterTheSameTimeWithTheSameError() {
        SessionTurns impatient = process(Duration.ofMillis(40));
        try (SessionTurns.Turn first = process(LONG).begin(1, "s")) {
            assertThat(first.lease().isShared()).isTrue();
            assertThatThrownBy(() -> impatient.begin(1, "s")).isInstanceOfSatisfying(ApiException.class, late -> {
                assertThat(late.kind()).isEqualTo(ErrorKind.QUEUE_FULL);
                assertThat(late.headers()).containsKey("Retry-After");
            });
        }
        assertThat(impatient.sessions()).isZero();
    }

    @Test
    void aLeaseIsRenewedAsLongAsItsTurnRunsAndNoLonger() throws InterruptedException {
        SessionTurns turns = process(LONG);
        try (SessionTurns.Turn turn = turns.begin(1, "s")) {
            assertThat(turn).isNotNull();
            awaitRenewals(3);
        }
        Thread.sleep(5 * OFTEN.toMillis());
        int after = leases.renewals();
        Thread.sleep(5 * OFTEN.toMillis());
        assertThat(leases.renewals()).isEqualTo(after);
        try (SessionTurns.Turn again = turns.begin(1, "s")) {
            assertThat(again).isNotNull();
            awaitRenewals(after + 1);
        }
    }

    @Test
    void aLostLeaseIsNotRenewedAnyMore() throws InterruptedException {
        try (SessionTurns.Turn turn = process(LONG).begin(1, "s")) {
            assertThat(turn).isNotNull();
            awaitRenewals(1);
            leases.lose();
            awaitRenewals(leases.renewals() + 1);
            Thread.sleep(5 * OFTEN.toMillis());
            int lost = leases.renewals();
            Thread.sleep(5 * OFTEN.toMillis());
            assertThat(leases.renewals()).isEqualTo(lost);
        }
    }

    @Test
    void aLeaseThatWasGivenBackWithTheTurnIsNotGivenBackAgain() {
        try (SessionTurns.Turn turn = process(LONG).begin(1, "s")) {
            turn.handedOn();
        }
        assertThat(leases.released()).isEmpty();
    }

    @Test
    void whereNobodyCanBeAskedTheLineGoesOn() {
        SessionTurns turns = process(LONG);
        leases.failing = true;
        for (int i = 0; i < 2 * SessionTurns.WAITING_MAX; i++) {
            assertThatThrownBy(() -> turns.begin(1, "s")).hasMessage("unreachable");
        }
        assertThat(turns.sessions()).isZero();
        leases.failing = false;
        try (SessionTurns.Turn turn = turns.begin(1, "s")) {
            assertThat(turn.lease().number()).isPositive();
        }
    }
}
