package org.carafe.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.carafe.inference.runner.BatchPlan;
import org.carafe.inference.runner.ModelRunner;
import org.carafe.inference.runner.RunnerShape;
import org.carafe.inference.runner.StepResult;
import org.carafe.inference.runner.TokenKvRunner;
import org.carafe.inference.synthetic.SyntheticConfig;
import org.carafe.inference.synthetic.SyntheticRunner;
import org.junit.jupiter.api.Test;

/** What happens to one request, and what does not happen to others. */
class IsolationTest {
    private final TokenKvRunner runner = new TokenKvRunner(50, 128, 4, 40);
    private final Engine engine = new Engine(runner, EngineConfig.defaults());

    @Test
    void aCancelFreesItsBlocksWithinOneStep() {
        GenerationStream cancelled = engine.submit(Requests.greedy(100, 1, 2, 3, 4, 5));
        GenerationStream other = engine.submit(Requests.greedy(5, 9, 9));
        engine.step();
        int used = engine.stats().blocksUsed();
        cancelled.cancel();
        engine.step();

        assertThat(engine.stats().running()).isEqualTo(1);
        assertThat(engine.stats().blocksUsed()).isLessThan(used);
        List<GenerationEvent> events = Requests.drain(cancelled);
        assertThat(events.getLast())
                .isEqualTo(new GenerationEvent.Finished(FinishReason.CANCELLED, new Usage(5, 0, 1)));
        while (engine.step() > 0) {}
        assertThat(Requests.tokens(Requests.drain(other))).hasSize(5);
    }

    @Test
    void aWaitingRequestCanBeCancelledBeforeItRuns() {
        GenerationStream stream = engine.submit(Requests.greedy(100, 1, 2, 3));
        stream.close();
        stream.close();

        assertThat(engine.step()).isZero();
        assertThat(Requests.drain(stream))
                .containsExactly(new GenerationEvent.Finished(FinishReason.CANCELLED, new Usage(3, 0, 0)));
        assertThat(engine.stats().waiting()).isZero();
    }

    @Test
    void aFailedStepFailsItsBatchAndTheEngineGoesOn() {
        GenerationStream first = engine.submit(Requests.greedy(10, 1, 2, 3, 4, 5));
        engine.step();
        runner.failNext();
        engine.step();

        GenerationEvent.Failed failed =
                (GenerationEvent.Failed) Requests.drain(first).getLast();
        assertThat(failed.failure()).isEqualTo(GenerationEvent.Failure.RUNNER);
        assertThat(failed.usage()).isEqualTo(new Usage(5, 0, 1));
        assertThat(engine.stats().blocksUsed()).isZero();
        GenerationStream second = engine.submit(Requests.greedy(10, 1, 2, 3, 4, 5));
        while (engine.step() > 0) {}
        assertThat(Requests.tokens(Requests.drain(second))).hasSize(10);
    }

    @Test
    void whatAFailedStepComputedIsNeverShared() {
        GenerationStream first = engine.submit(Requests.greedy(10, 1, 2, 3, 4, 5, 6, 8, 9));
        runner.failNext();
        engine.step();
        Requests.drain(first);

        assertThat(engine.stats().blocksCached()).isZero();
        GenerationStream second = engine.submit(Requests.greedy(1, 1, 2, 3, 4, 5, 6, 8, 9));
        engine.step();
        assertThat(Requests.drain(second).getFirst()).isEqualTo(new GenerationEvent.Prompt(0, List.of()));
    }

    @Test
    void anErrorOfTheRunnerFailsItsBatchToo() {
        for (Error error : List.of(new StackOverflowError(), new LinkageError("asked"))) {
            GenerationStream stream = engine.submit(Requests.greedy(10, 1, 2, 3));
            runner.throwNext(error);
            engine.step();

            assertThat(Requests.drain(stream).getLast()).isInstanceOf(GenerationEvent.Failed.class);
        }
        assertThat(engine.isOpen()).isTrue();
    }

    @Test
    void aVirtualMachineThatIsBrokenOrOutOfMemoryEndsTheEngineAndEveryStream() {
        for (Error error : List.of(new InternalError("asked"), new OutOfMemoryError("asked"))) {
            TokenKvRunner broken = new TokenKvRunner(50, 128, 4, 40);
            Engine ending = new Engine(broken, EngineConfig.defaults());
            GenerationStream running = ending.submit(Requests.greedy(10, 1, 2, 3));
            broken.throwNext(error);
            ending.start();

            assertThat(Requests.drain(running).getLast()).isInstanceOf(GenerationEvent.Failed.class);
            ending.close();
            assertThat(broken.isClosed()).isTrue();
            assertThatThrownBy(() -> ending.submit(Requests.greedy(10, 1)))
                    .isInstanceOf(EngineStoppedException.class)
                    .hasMessage("the engine is stopped");
        }
    }

    @Test
    void logitsThatAreNoNumbersFailTheirRequestAndNoOther() {
        GenerationStream poisoned = engine.submit(Requests.greedy(10, 1, TokenKvRunner.POISON));
        GenerationStream healthy = engine.submit(Requests.greedy(10, 1, 2));
        while (engine.step() > 0) {}

        assertThat(Requests.drain(poisoned))
                .containsExactly(new GenerationEvent.Failed(
                        GenerationEvent.Failure.RUNNER, "the model's output is not a number", new Usage(2, 0, 0)));
        assertThat(Requests.tokens(Requests.drain(healthy))).hasSize(10);
    }

    @Test
    void aReaderThatFallsTooFarBehindIsCancelledAndTheOthersAreNot() {
        Engine small = new Engine(
                new SyntheticRunner(SyntheticConfig.of(100)),
                EngineConfig.defaults().withStreamEventsMax(20));
        GenerationStream slow = small.submit(Requests.greedy(1000, 1, 2));
        GenerationStream quick = small.submit(Requests.greedy(1000, 3, 4));
        List<GenerationEvent> events = new ArrayList<>();
        while (small.step() > 0) {
            ((EventBuffer) quick).poll(events);
        }

        List<GenerationEvent> slowEvents = Requests.drain(slow);
        assertThat(slowEvents).hasSizeLessThanOrEqualTo(21);
        assertThat(((GenerationEvent.Finished) slowEvents.getLast()).reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(Requests.tokens(events)).hasSize(1000);
    }

    @Test
    void whatCanNeverFitIsRefusedWithBothNumbers() {
        assertThat(engine.contextTokensMax()).isEqualTo(128);
        assertThatThrownBy(() -> engine.submit(Requests.greedy(126, 1, 2, 3)))
                .isInstanceOf(RequestTooLargeException.class)
                .hasMessage("the prompt's 3 tokens and up to 126 generated ones exceed the context of 128");
        Engine tiny = new Engine(new TokenKvRunner(50, 128, 4, 8), EngineConfig.defaults());
        assertThat(tiny.contextTokensMax()).isEqualTo(32);
        GenerationStream largest = tiny.submit(Requests.greedy(29, 1, 2, 3));
        while (tiny.step() > 0) {}
        assertThat(Requests.tokens(Requests.drain(largest))).hasSize(29);
    }

    @Test
    void anIdThatIsNoTokenIsRefusedBeforeItReachesABatch() {
        assertThatThrownBy(() -> engine.submit(Requests.greedy(1, 1, 50)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("token 50 at position 1 of the prompt is outside of the vocabulary of 50");
        assertThatThrownBy(() -> engine.submit(Requests.greedy(1, -1))).isInstanceOf(IllegalArgumentException.class);
        assertThat(engine.step()).isZero();
    }

    @Test
    void aListenerThatThrowsHurtsNobody() {
        EngineListener thrower = new EngineListener() {
            @Override
            public void firstToken(long nanos) {
                throw new IllegalStateException("asked");
            }
        };
        Engine watched = new Engine(runner, EngineConfig.defaults(), EngineClock.system(), thrower);
        GenerationStream stream = watched.submit(Requests.greedy(5, 1, 2));
        while (watched.step() > 0) {}

        assertThat(Requests.tokens(Requests.drain(stream))).hasSize(5);
    }

    @Test
    void drainRefusesNewRequestsAndFinishesThoseTaken() throws InterruptedException {
        engine.start();
        List<GenerationStream> streams = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            streams.add(engine.submit(Requests.greedy(20, 1 + i % 5, 2)));
        }
        assertThat(engine.drain(Duration.ofSeconds(30))).isTrue();

        assertThatThrownBy(() -> engine.submit(Requests.greedy(1, 1)))
                .isInstanceOf(EngineStoppedException.class)
                .hasMessage("the server is shutting down");
        for (GenerationStream stream : streams) {
            assertThat(Requests.tokens(Requests.drain(stream))).hasSize(20);
        }
        engine.close();
    }

    @Test
    void drainGivesUpAfterItsTimeAndCloseFailsWhatIsLeft() throws InterruptedException {
        Engine slow = new Engine(
                new SyntheticRunner(SyntheticConfig.of(100).withStepMicros(20_000)), EngineConfig.defaults());
        slow.start();
        GenerationStream stream = slow.submit(Requests.greedy(1000, 1, 2));

        assertThat(slow.drain(Duration.ofMillis(50))).isFalse();
        slow.close();
        GenerationEvent.Failed failed =
                (GenerationEvent.Failed) Requests.drain(stream).getLast();
        assertThat(failed.failure()).isEqualTo(GenerationEvent.Failure.SHUTDOWN);
    }

    @Test
    void whoeverClosesItReturnsWhenTheRunnerIsClosed() throws InterruptedException {
        CountDownLatch closing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger closed = new AtomicInteger();
        ModelRunner slow = new SlowToClose(runner, () -> {
            closing.countDown();
            awaitQuietly(goOn);
            closed.incrementAndGet();
        });
        Engine notStarted = new Engine(slow, EngineConfig.defaults());
        Thread first = Thread.ofVirtual().start(notStarted::close);
        closing.await();
        Thread second = Thread.ofVirtual().start(() -> {
            notStarted.close();
            assertThat(closed).hasValue(1);
            closed.incrementAndGet();
        });
        // As long as the runner reads a checkpoint, nobody is told that it can be unmapped.
        assertThat(second.join(Duration.ofMillis(200))).isFalse();
        goOn.countDown();
        first.join();
        second.join();
        assertThat(closed).hasValue(2);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts it", e);
        }
    }

    private record SlowToClose(ModelRunner runner, Runnable closing) implements ModelRunner {
        @Override
        public RunnerShape shape() {
            return runner.shape();
        }

        @Override
        public StepResult step(BatchPlan plan) {
            return runner.step(plan);
        }

        @Override
        public void close() {
            closing.run();
        }
    }

    @Test
    void promptLogprobsAreCompleteWhateverTheChunksAndTheCache() {
        int[] prompt = {1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13};
        GenerationRequest plain = Requests.greedy(1, prompt);
        GenerationRequest reported = new GenerationRequest(
                "r", "account", plain.prompt(), plain.sampling(), 1, java.util.Set.of(), 0, null, 2);
        Engine chunked = new Engine(
                new TokenKvRunner(50, 128, 4, 40), EngineConfig.defaults().withPrefillTokensMax(5));
        GenerationStream warm = engine.submit(plain);
        while (engine.step() > 0) {}
        Requests.drain(warm);
        GenerationStream whole = engine.submit(reported);
        GenerationStream parts = chunked.submit(reported);
        while (engine.step() + chunked.step() > 0) {}

        var expected = (GenerationEvent.Prompt) Requests.drain(whole).getFirst();
        assertThat(expected.cachedTokens()).isZero();
        assertThat(expected.logprobs()).hasSize(prompt.length - 1).allSatisfy(l -> {
            assertThat(l.logprob()).isNegative();
            assertThat(l.top()).hasSize(2);
        });
        for (int i = 1; i < prompt.length; i++) {
            assertThat(expected.logprobs().get(i - 1).tokenId()).isEqualTo(prompt[i]);
        }
        assertThat(Requests.drain(parts).getFirst()).isEqualTo(expected);
    }

    @Test
    void aPromptIsSharedWhileTheFirstOneStillRuns() {
        GenerationStream first = engine.submit(Requests.greedy(50, 1, 2, 3, 4, 5, 6, 8, 9, 10));
        engine.step();
        GenerationStream second = engine.submit(Requests.greedy(5, 1, 2, 3, 4, 5, 6, 8, 9, 10));
        engine.step();

        assertThat(engine.stats().running()).isEqualTo(2);
        List<GenerationEvent> events = new ArrayList<>();
        ((EventBuffer) second).poll(events);
        assertThat(events.getFirst()).isEqualTo(new GenerationEvent.Prompt(8, List.of()));
        first.close();
        while (engine.step() > 0) {}
    }

    @Test
    void thePromptsLastTokenIsAlwaysComputed() {
        for (int round = 0; round < 2; round++) {
            GenerationStream stream = engine.submit(Requests.greedy(2, 1, 2, 3, 4, 5, 6, 8, 9));
            while (engine.step() > 0) {}
            int cached = ((GenerationEvent.Prompt) Requests.drain(stream).getFirst()).cachedTokens();
            assertThat(cached).isEqualTo(round == 0 ? 0 : 4);
        }
    }
}
