package org.carafe.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.carafe.inference.IntList;
import org.carafe.inference.kv.KvBlockPool;
import org.carafe.inference.runner.TokenKvRunner;
import org.carafe.inference.sampling.SamplingParams;
import org.carafe.inference.scheduler.Scheduler;
import org.carafe.inference.scheduler.Sequence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random operations on a whole engine whose KV cache is far too small, with a runner that checks every position it reads. */
class EngineLawsTest {
    private static final int OPERATIONS = 25_000;
    private static final int VOCABULARY = 24;
    private static final int BLOCK_TOKENS = 4;
    private static final int KV_BLOCKS = 22;

    private final HandClock clock = new HandClock();
    private final TokenKvRunner runner = new TokenKvRunner(VOCABULARY, 64, BLOCK_TOKENS, KV_BLOCKS);

    /** A request with its stream, and what was seen of it. */
    private record Submitted(GenerationRequest request, GenerationStream stream, List<GenerationEvent> events) {
        boolean hasEnded() {
            return !events.isEmpty()
                    && (events.getLast() instanceof GenerationEvent.Finished
                            || events.getLast() instanceof GenerationEvent.Failed);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void theLawsHoldAfterEachOfManyRandomOperations(long seed) {
        Random random = new Random(seed);
        EngineConfig config = EngineConfig.defaults()
                .withSequencesMax(2 + random.nextInt(8))
                .withPrefillTokensMax(1 + random.nextInt(20))
                .withWaitingMax(12)
                .withPrefixCache(seed % 4 != 0);
        Engine engine = new Engine(runner, config, clock, EngineListener.NONE);
        List<Submitted> open = new ArrayList<>();
        int refused = 0;
        int expired = 0;
        int ended = 0;
        for (int operation = 0; operation < OPERATIONS; operation++) {
            switch (random.nextInt(12)) {
                case 0, 1 -> {
                    GenerationRequest request = request(random, operation);
                    try {
                        open.add(new Submitted(request, engine.submit(request), new ArrayList<>()));
                    } catch (QueueFullException e) {
                        assertThat(e.retryAfterSeconds()).isBetween(1, 60);
                        refused++;
                    }
                }
                case 2 -> {
                    if (!open.isEmpty() && random.nextInt(4) == 0) {
                        open.get(random.nextInt(open.size())).stream.cancel();
                    }
                }
                case 3 -> clock.advance(Duration.ofMillis(random.nextInt(20)));
                case 4 -> {
                    if (random.nextInt(20) == 0) {
                        runner.failNext();
                    }
                }
                default -> engine.step();
            }
            checkLaws(engine, config);
            for (int i = open.size() - 1; i >= 0; i--) {
                if (hasEnded(open.get(i))) {
                    expired += check(open.remove(i)) ? 1 : 0;
                    ended++;
                }
            }
        }
        while (engine.step() > 0) {}
        for (Submitted submitted : open) {
            assertThat(hasEnded(submitted)).isTrue();
            check(submitted);
        }
        KvBlockPool pool = engine.core().scheduler().pool();
        assertThat(pool.inUse()).isZero();
        assertThat(engine.stats().waiting()).isZero();
        assertThat(ended).isGreaterThan(1000);
        assertThat(refused).isPositive();
        assertThat(expired).isPositive();
        assertThat(engine.stats().preemptions()).isGreaterThan(100);
        assertThat(engine.stats().failedSteps()).isPositive();
        assertThat(engine.stats().cacheHitTokens() > 0).isEqualTo(config.prefixCache());
        assertThat(runner.largestBatch()).isLessThanOrEqualTo(config.sequencesMax());
        engine.close();
    }

    private GenerationRequest request(Random random, int operation) {
        int promptTokens = 1 + random.nextInt(random.nextInt(5) == 0 ? 50 : 20);
        IntList prompt = new IntList(promptTokens);
        for (int i = 0; i < promptTokens; i++) {
            // Few distinct beginnings, so that prompts share them; and now and then the poison.
            prompt.add(random.nextInt(400) == 0 ? TokenKvRunner.POISON : i < 12 ? i % 3 : 1 + random.nextInt(4));
        }
        SamplingParams sampling = new SamplingParams(
                random.nextInt(2),
                random.nextInt(6),
                1,
                0,
                1,
                0,
                0,
                Map.of(),
                operation,
                -1,
                Set.of(3),
                random.nextInt(5));
        boolean hurries = random.nextInt(5) == 0;
        return new GenerationRequest(
                "r" + operation,
                "account" + random.nextInt(3),
                prompt,
                sampling,
                1 + random.nextInt(64 - promptTokens),
                Set.of(3),
                random.nextInt(6) == 0 ? random.nextInt(3) : 0,
                hurries ? clock.now().plusMillis(random.nextInt(60)) : null,
                random.nextInt(8) == 0 ? random.nextInt(3) : -1);
    }

    private void checkLaws(Engine engine, EngineConfig config) {
        Scheduler<Generation> scheduler = engine.core().scheduler();
        KvBlockPool pool = scheduler.pool();
        pool.checkLaws();
        runner.check();
        assertThat(scheduler.running().size()).isLessThanOrEqualTo(config.sequencesMax());
        Map<Integer, Integer> holders = new HashMap<>();
        for (Generation generation : scheduler.running()) {
            assertThat(generation.phase()).isEqualTo(Sequence.Phase.RUNNING);
            assertThat(generation.blocks().size() * BLOCK_TOKENS).isGreaterThanOrEqualTo(generation.computed());
            assertThat(generation.computed()).isLessThan(generation.tokens().size());
            for (int i = 0; i < generation.blocks().size(); i++) {
                holders.merge(generation.blocks().get(i), 1, Integer::sum);
            }
        }
        for (int block = 0; block < pool.total(); block++) {
            assertThat(pool.references(block))
                    .as("references of block %d", block)
                    .isEqualTo(holders.getOrDefault(block, 0));
        }
    }

    /** Takes what is there without waiting. */
    private static boolean hasEnded(Submitted submitted) {
        ((EventBuffer) submitted.stream).poll(submitted.events);
        return submitted.hasEnded();
    }

    /** What a stream told is well-formed; true where its deadline passed. */
    private boolean check(Submitted submitted) {
        GenerationRequest request = submitted.request;
        List<GenerationEvent> events = submitted.events;
        List<Integer> tokens = Requests.tokens(events);
        long terminals = events.stream()
                .filter(e -> e instanceof GenerationEvent.Finished || e instanceof GenerationEvent.Failed)
                .count();
        assertThat(terminals).isEqualTo(1);
        assertThat(tokens.size()).isLessThanOrEqualTo(request.maxTokens());
        if (!tokens.isEmpty()) {
            assertThat(events.getFirst()).isInstanceOf(GenerationEvent.Prompt.class);
            int expected = request.promptLogprobs() < 0 ? 0 : request.prompt().size() - 1;
            assertThat(((GenerationEvent.Prompt) events.getFirst()).logprobs()).hasSize(expected);
        }
        if (events.getLast() instanceof GenerationEvent.Failed(var failure, var message, var usage)) {
            assertThat(failure).as(message).isIn(GenerationEvent.Failure.RUNNER, GenerationEvent.Failure.DEADLINE);
            assertThat(usage.completionTokens()).isEqualTo(tokens.size());
            return failure == GenerationEvent.Failure.DEADLINE;
        }
        var finished = (GenerationEvent.Finished) events.getLast();
        assertThat(finished.usage().completionTokens()).isEqualTo(tokens.size());
        switch (finished.reason()) {
            case STOP -> assertThat(tokens.getLast()).isEqualTo(3);
            case LENGTH -> assertThat(tokens).hasSize(request.maxTokens());
            case CANCELLED -> assertThat(tokens.size()).isLessThan(request.maxTokens());
        }
        assertThat(tokens.indexOf(3) == -1 || tokens.indexOf(3) == tokens.size() - 1)
                .isTrue();
        return false;
    }

    @Test
    void aBrokenLawIsNoticed() {
        Engine engine = new Engine(runner, EngineConfig.defaults(), clock, EngineListener.NONE);
        engine.submit(Requests.greedy(10, 1, 2, 3, 4, 5));
        engine.step();
        Scheduler<Generation> scheduler = engine.core().scheduler();
        scheduler.pool().release(scheduler.running().getFirst().blocks().get(0));

        org.assertj.core.api.Assertions.assertThatThrownBy(() -> checkLaws(engine, EngineConfig.defaults()))
                .isInstanceOf(AssertionError.class);
    }
}
