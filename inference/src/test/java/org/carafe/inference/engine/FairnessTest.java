package org.carafe.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.carafe.inference.IntList;
import org.carafe.inference.sampling.SamplingParams;
import org.carafe.inference.synthetic.SyntheticConfig;
import org.carafe.inference.synthetic.SyntheticRunner;
import org.junit.jupiter.api.Test;

class FairnessTest {
    private static final SyntheticConfig ROOMY = SyntheticConfig.of(1000);
    private static final EngineConfig CONFIG =
            EngineConfig.defaults().withSequencesMax(4).withPrefillTokensMax(64).withPrefixCache(false);

    private final HandClock clock = new HandClock();
    private int ids;

    @Test
    void aSingleRequestPassesAFloodOfLongPromptsOfAnotherAccount() {
        Engine engine = engine(ROOMY, CONFIG);
        for (int i = 0; i < 100; i++) {
            engine.submit(request("flood", 0, 640, 1));
        }
        for (int i = 0; i < 5; i++) {
            engine.step();
        }
        GenerationStream single = engine.submit(request("single", 0, 64, 1));

        // The flood's prompt that is half computed is not waited for: the next step's budget goes to the account that
        // used less.
        assertThat(stepsUntilFirstToken(engine, single)).isLessThanOrEqualTo(2);
    }

    @Test
    void aSingleRequestGetsTheNextPlaceWhenAFloodHoldsThemAll() {
        Engine engine = engine(ROOMY, CONFIG);
        for (int i = 0; i < 200; i++) {
            engine.submit(request("flood", 0, 10, 20 + i % 7));
        }
        for (int i = 0; i < 30; i++) {
            engine.step();
        }
        assertThat(engine.stats().running()).isEqualTo(4);
        GenerationStream single = engine.submit(request("single", 0, 10, 1));

        // Whatever holds a place ends within 26 tokens; the first place that is given up is the single request's.
        assertThat(stepsUntilFirstToken(engine, single)).isLessThanOrEqualTo(28);
    }

    @Test
    void accountsThatBothWaitShareTokensByWeight() {
        Engine engine = engine(
                ROOMY, CONFIG.withWaitingMax(10_000).withAccountWeight(account -> account.equals("heavy") ? 3 : 1));
        List<GenerationStream> heavy = new ArrayList<>();
        List<GenerationStream> light = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            heavy.add(engine.submit(request("heavy", 0, 20, 10)));
            light.add(engine.submit(request("light", 0, 20, 10)));
        }
        for (int i = 0; i < 1000; i++) {
            engine.step();
        }

        double ratio = (double) tokens(heavy) / tokens(light);
        assertThat(ratio).isBetween(2.8, 3.2);
    }

    @Test
    void betterPriorityIsServedFirst() {
        Engine engine = engine(ROOMY, CONFIG.withSequencesMax(1));
        List<GenerationStream> streams = new ArrayList<>();
        for (int priority : new int[] {2, 0, 1, -1}) {
            streams.add(engine.submit(request("account", priority, 10, 2)));
        }
        List<Integer> order = new ArrayList<>();
        while (order.size() < 4) {
            engine.step();
            for (int i = 0; i < 4; i++) {
                if (!order.contains(i) && !events(streams.get(i)).isEmpty()) {
                    order.add(i);
                }
            }
        }

        assertThat(order).containsExactly(3, 1, 2, 0);
    }

    @Test
    void preemptionTakesTheWorstPriorityAndThenTheYoungest() {
        // Room for two of the three once they have grown.
        Engine engine = engine(ROOMY.withContext(64, 8), CONFIG.withPrefillTokensMax(1000));
        GenerationStream worst = engine.submit(request("account", 1, 17, 40));
        GenerationStream old = engine.submit(request("account", 0, 17, 40));
        GenerationStream young = engine.submit(request("account", 0, 17, 40));
        while (engine.stats().preemptions() == 0) {
            engine.step();
        }
        assertThat(engine.core().scheduler().running())
                .extracting(g -> g.stream)
                .containsExactly((EventBuffer) old, (EventBuffer) young);
        while (engine.step() > 0) {}
        for (GenerationStream stream : List.of(worst, old, young)) {
            assertThat(Requests.tokens(Requests.drain(stream))).hasSize(40);
        }
    }

    @Test
    void aPromptIsNotAdmittedIntoRoomThatARunningOneStillNeeds() {
        // Each prompt needs 5 of 8 blocks and is computed over many steps.
        Engine engine = engine(ROOMY.withContext(128, 8), CONFIG.withPrefillTokensMax(8));
        GenerationStream first = engine.submit(request("a", 0, 75, 3));
        GenerationStream second = engine.submit(request("b", 0, 75, 3));
        while (engine.step() > 0) {}

        assertThat(engine.stats().preemptions()).isZero();
        assertThat(Requests.tokens(Requests.drain(first))).hasSize(3);
        assertThat(Requests.tokens(Requests.drain(second))).hasSize(3);
    }

    @Test
    void aFullQueueIsRefusedWithAnEstimate() {
        Engine engine = engine(ROOMY, CONFIG.withWaitingMax(3));
        for (int i = 0; i < 3; i++) {
            engine.submit(request("account", 0, 10, 10));
        }

        assertThatThrownBy(() -> engine.submit(request("account", 0, 10, 10)))
                .isInstanceOf(QueueFullException.class)
                .hasMessage("the queue is full: 3 requests are waiting");
        engine.step();
        engine.submit(request("account", 0, 10, 10));
    }

    @Test
    void aFloodLeavesPlacesInTheQueueToOthers() {
        Engine engine = engine(ROOMY, CONFIG.withWaitingMax(900));
        int taken = 0;
        try {
            for (; taken < 900; taken++) {
                engine.submit(request("flood", 0, 10, 10));
            }
        } catch (QueueFullException e) {
            assertThat(taken).isEqualTo(800);
        }

        for (int i = 0; i < 50; i++) {
            engine.submit(request("single", 0, 10, 10));
        }
    }

    @Test
    void aDeadlinePassesWhileWaitingButNotWhileRunning() {
        Engine engine = engine(ROOMY, CONFIG.withSequencesMax(1));
        GenerationStream runs = engine.submit(request("account", 0, 10, 30, Duration.ofMillis(5)));
        GenerationStream waits = engine.submit(request("account", 0, 10, 30, Duration.ofMillis(5)));
        engine.step();
        clock.advance(Duration.ofMillis(6));
        while (engine.step() > 0) {}

        assertThat(Requests.tokens(Requests.drain(runs))).hasSize(30);
        assertThat(Requests.drain(waits))
                .containsExactly(new GenerationEvent.Failed(
                        GenerationEvent.Failure.DEADLINE,
                        "the deadline passed while the request waited",
                        new Usage(10, 0, 0)));
    }

    private Engine engine(SyntheticConfig runner, EngineConfig config) {
        return new Engine(new SyntheticRunner(runner), config, clock, EngineListener.NONE);
    }

    private GenerationRequest request(String account, int priority, int promptTokens, int maxTokens) {
        return request(account, priority, promptTokens, maxTokens, null);
    }

    private GenerationRequest request(
            String account,
            int priority,
            int promptTokens,
            int maxTokens,
            @org.jspecify.annotations.Nullable Duration patience) {
        IntList prompt = new IntList(promptTokens);
        for (int i = 0; i < promptTokens; i++) {
            prompt.add(i == 0 ? ids++ % 1000 : 1);
        }
        return new GenerationRequest(
                "r",
                account,
                prompt,
                SamplingParams.greedy(),
                maxTokens,
                Set.of(),
                priority,
                patience == null ? null : clock.now().plus(patience),
                -1);
    }

    private static int stepsUntilFirstToken(Engine engine, GenerationStream stream) {
        for (int steps = 1; steps < 1000; steps++) {
            engine.step();
            if (!events(stream).isEmpty()) {
                return steps;
            }
        }
        throw new AssertionError("never served");
    }

    private static List<GenerationEvent> events(GenerationStream stream) {
        List<GenerationEvent> events = new ArrayList<>();
        ((EventBuffer) stream).poll(events);
        return events;
    }

    /** Tokens computed: prompts of those that started, and output. */
    private static long tokens(List<GenerationStream> streams) {
        long tokens = 0;
        for (GenerationStream stream : streams) {
            for (GenerationEvent event : events(stream)) {
                switch (event) {
                    case GenerationEvent.Prompt p -> tokens += 20;
                    case GenerationEvent.Token t -> tokens++;
                    case GenerationEvent.Finished f -> {}
                    case GenerationEvent.Failed f -> throw new AssertionError(f);
                }
            }
        }
        return tokens;
    }
}
