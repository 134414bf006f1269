package org.carafe.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.carafe.inference.runner.TokenKvRunner;
import org.junit.jupiter.api.Test;

class EngineStressTest {
    private static final int READERS = 400;
    private static final int REQUESTS_EACH = 15;

    /** What this test proves needs real threads: no wake-up is lost, no event is lost or doubled, every stream ends once. */
    @Test
    void hundredsOfReadersOnVirtualThreadsEachSeeTheirWholeStream() throws Exception {
        TokenKvRunner runner = new TokenKvRunner(60, 128, 4, 150);
        Engine engine =
                new Engine(runner, EngineConfig.defaults().withSequencesMax(32).withWaitingMax(READERS * 2));
        engine.start();
        AtomicInteger cancelled = new AtomicInteger();
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> done = new ArrayList<>();
            for (int reader = 0; reader < READERS; reader++) {
                int number = reader;
                done.add(readers.submit(() -> {
                    for (int round = 0; round < REQUESTS_EACH; round++) {
                        cancelled.addAndGet(readOne(engine, number, round) ? 1 : 0);
                    }
                    return null;
                }));
            }
            for (Future<?> future : done) {
                future.get(60, TimeUnit.SECONDS);
            }
        }

        assertThat(engine.drain(java.time.Duration.ofSeconds(10))).isTrue();
        assertThat(engine.stats().blocksUsed()).isZero();
        assertThat(engine.stats().waiting()).isZero();
        assertThat(cancelled.get()).isPositive();
        engine.close();
        runner.check();
        assertThat(runner.isClosed()).isTrue();
    }

    /** Reads a whole stream, or cancels in the middle; true where it was cancelled. */
    private static boolean readOne(Engine engine, int reader, int round) throws InterruptedException {
        int length = 1 + (reader + round) % 30;
        int cancelAfter = round % 4 == 3 ? ThreadLocalRandom.current().nextInt(1, 10) : Integer.MAX_VALUE;
        List<GenerationEvent> events = new ArrayList<>();
        try (GenerationStream stream = submit(engine, length, reader)) {
            boolean asked = false;
            while (stream.take(events)) {
                if (!asked && events.size() >= cancelAfter) {
                    stream.cancel();
                    asked = true;
                }
            }
        }
        List<Integer> tokens = Requests.tokens(events);
        var finished = (GenerationEvent.Finished) events.getLast();
        assertThat(finished.usage().completionTokens()).isEqualTo(tokens.size());
        assertThat(events).hasSize(tokens.isEmpty() ? 1 : tokens.size() + 2);
        if (finished.reason() == FinishReason.CANCELLED) {
            assertThat(cancelAfter).isLessThan(Integer.MAX_VALUE);
            return true;
        }
        assertThat(tokens).hasSize(length);
        return false;
    }

    private static GenerationStream submit(Engine engine, int length, int reader) throws InterruptedException {
        while (true) {
            try {
                return engine.submit(Requests.of(
                        "account" + reader % 20,
                        org.carafe.inference.sampling.SamplingParams.greedy(),
                        length,
                        10,
                        11,
                        12,
                        13,
                        10 + reader % 50,
                        14));
            } catch (QueueFullException e) {
                Thread.sleep(1);
            }
        }
    }

    /** Each request comes when the engine is about to park; one that was overlooked would wait a minute. */
    @Test
    void anIdleEngineOverlooksNoRequest() throws Exception {
        try (Engine engine = new Engine(new TokenKvRunner(60, 128, 4, 150), EngineConfig.defaults())) {
            engine.start();
            for (int i = 0; i < 20_000; i++) {
                // A pause that sweeps over the few microseconds in which the engine finishes its step and parks.
                for (long until = System.nanoTime() + i % 200 * 100L; System.nanoTime() < until; ) {
                    Thread.onSpinWait();
                }
                long start = System.nanoTime();
                List<GenerationEvent> events = new ArrayList<>();
                GenerationStream stream = engine.submit(Requests.greedy(1, 10, 11));
                while (!(!events.isEmpty() && events.getLast() instanceof GenerationEvent.Finished)) {
                    ((EventBuffer) stream).poll(events);
                    Thread.onSpinWait();
                    if (System.nanoTime() - start > 5_000_000) {
                        LockSupport.parkNanos(1000);
                    }
                }
                assertThat(System.nanoTime() - start).as("request %d", i).isLessThan(TimeUnit.SECONDS.toNanos(30));
            }
        }
    }

    @Test
    void aRequestThatRacesWithCloseIsRefusedOrFailed() throws Exception {
        for (int round = 0; round < 200; round++) {
            Engine engine = new Engine(new TokenKvRunner(60, 128, 4, 150), EngineConfig.defaults());
            engine.start();
            Thread submitter = Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        assertThat(Requests.drain(engine.submit(Requests.greedy(1, 1, 2))))
                                .isNotEmpty();
                    }
                } catch (EngineStoppedException expected) {
                    assertThat(engine.isOpen()).isFalse();
                }
            });
            Thread.sleep(0, round * 5000);
            engine.close();

            assertThat(submitter.join(java.time.Duration.ofSeconds(20))).isTrue();
        }
    }
}
