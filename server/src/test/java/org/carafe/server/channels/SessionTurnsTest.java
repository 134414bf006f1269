package org.carafe.server.channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.junit.jupiter.api.Test;

final class SessionTurnsTest {
    @Test
    void turnsOfASessionRunOneAfterTheOther() throws InterruptedException {
        SessionTurns turns = new SessionTurns(Duration.ofSeconds(30), TurnLeases.ALONE);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < SessionTurns.WAITING_MAX; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                try (SessionTurns.Turn turn = turns.begin(1, "s")) {
                    assertThat(turn).isNotNull();
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    Thread.sleep(2);
                    running.decrementAndGet();
                    done.incrementAndGet();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(most).hasValue(1);
        assertThat(done).hasValue(SessionTurns.WAITING_MAX);
        assertThat(turns.sessions()).isZero();
    }

    @Test
    void otherSessionsDoNotWait() {
        SessionTurns turns = new SessionTurns(Duration.ofMillis(1), TurnLeases.ALONE);
        try (SessionTurns.Turn first = turns.begin(1, "s");
                SessionTurns.Turn other = turns.begin(1, "t");
                SessionTurns.Turn elsewhere = turns.begin(2, "s")) {
            assertThat(List.of(first, other, elsewhere)).hasSize(3);
            assertThat(turns.sessions()).isEqualTo(3);
        }
        assertThat(turns.sessions()).isZero();
    }

    @Test
    void waitingEndsAfterATime() throws InterruptedException {
        SessionTurns turns = new SessionTurns(Duration.ofMillis(20), TurnLeases.ALONE);
        try (SessionTurns.Turn first = turns.begin(1, "s")) {
            assertThat(first).isNotNull();
            List<ApiException> refused = refusals(turns, 1);
            assertThat(refused).singleElement().satisfies(e -> {
                assertThat(e.kind()).isEqualTo(ErrorKind.QUEUE_FULL);
                assertThat(e.headers()).containsKey("Retry-After");
            });
        }
        assertThat(turns.sessions()).isZero();
    }

    @Test
    void onlySoManyWait() throws InterruptedException {
        SessionTurns turns = new SessionTurns(Duration.ofMillis(500), TurnLeases.ALONE);
        try (SessionTurns.Turn first = turns.begin(1, "s")) {
            assertThat(first).isNotNull();
            List<ApiException> refused = refusals(turns, SessionTurns.WAITING_MAX);
            assertThat(refused).hasSize(SessionTurns.WAITING_MAX);
            assertThat(refused).filteredOn(e -> e.text().contains("already")).hasSize(1);
        }
    }

    private static List<ApiException> refusals(SessionTurns turns, int count) throws InterruptedException {
        List<ApiException> refused = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                assertThatThrownBy(() -> turns.begin(1, "s")).isInstanceOfSatisfying(ApiException.class, refused::add);
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return refused;
    }
}
