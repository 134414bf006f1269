package org.carafe.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.carafe.inference.IntList;
import org.carafe.inference.runner.TokenKvRunner;
import org.carafe.inference.sampling.SamplingParams;
import org.junit.jupiter.api.Test;

/** A request yields the same tokens whatever else runs: logits depend on all visible context, sampling on nothing but the sequence. */
class BatchEqualityTest {
    private static final int VOCABULARY = 200;
    private static final int CONTEXT = 256;
    private static final EngineConfig CONFIG = EngineConfig.defaults().withPrefixCache(false);

    private final List<GenerationRequest> requests = requests();

    @Test
    void amongOthersAsAlone() {
        assertThat(together(CONFIG, 4096)).isEqualTo(alone());
    }

    @Test
    void chunkedAsWhole() {
        assertThat(together(CONFIG.withPrefillTokensMax(3), 4096)).isEqualTo(alone());
    }

    @Test
    void preemptedAsUndisturbed() {
        Engine engine = engine(CONFIG, 30);
        List<List<Integer>> tokens = run(engine, requests);

        assertThat(engine.stats().preemptions()).isGreaterThan(5);
        assertThat(tokens).isEqualTo(alone());
    }

    @Test
    void withSharedPrefixesAsWithout() {
        Engine engine = engine(CONFIG.withPrefixCache(true), 4096);
        List<List<Integer>> first = run(engine, requests);
        long hitsBefore = engine.stats().cacheHitTokens();
        List<List<Integer>> second = run(engine, requests);

        assertThat(engine.stats().cacheHitTokens() - hitsBefore).isGreaterThan(500);
        assertThat(first).isEqualTo(alone());
        assertThat(second).isEqualTo(first);
    }

    @Test
    void withEverythingAtOnceAsAlone() {
        Engine engine = engine(EngineConfig.defaults().withPrefillTokensMax(7), 30);

        assertThat(run(engine, requests)).isEqualTo(alone());
        assertThat(engine.stats().preemptions()).isPositive();
    }

    @Test
    void anotherSeedGivesOtherTokens() {
        GenerationRequest request = requests.get(1);
        SamplingParams sampling = sampling(1, 999);
        GenerationRequest other = Requests.of("account", sampling, request.maxTokens(), ids(request));

        assertThat(run(engine(CONFIG, 4096), List.of(other))).isNotEqualTo(run(engine(CONFIG, 4096), List.of(request)));
    }

    private List<List<Integer>> alone() {
        List<List<Integer>> tokens = new ArrayList<>();
        for (GenerationRequest request : requests) {
            tokens.addAll(run(engine(CONFIG, 4096), List.of(request)));
        }
        return tokens;
    }

    private List<List<Integer>> together(EngineConfig config, int kvBlocks) {
        return run(engine(config, kvBlocks), requests);
    }

    private static Engine engine(EngineConfig config, int kvBlocks) {
        return new Engine(new TokenKvRunner(VOCABULARY, CONTEXT, 8, kvBlocks), config);
    }

    private static List<List<Integer>> run(Engine engine, List<GenerationRequest> requests) {
        List<GenerationStream> streams = new ArrayList<>();
        for (GenerationRequest request : requests) {
            streams.add(engine.submit(request));
            engine.step();
        }
        while (engine.step() > 0) {}
        List<List<Integer>> tokens = new ArrayList<>();
        for (GenerationStream stream : streams) {
            tokens.add(Requests.tokens(Requests.drain(stream)));
        }
        return tokens;
    }

    private static List<GenerationRequest> requests() {
        Random random = new Random(5);
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            int[] prompt = new int[40 + random.nextInt(80)];
            for (int p = 0; p < prompt.length; p++) {
                prompt[p] = p < 40 ? 10 + p % 5 : 10 + random.nextInt(50);
            }
            requests.add(Requests.of("account", sampling(i, i), 20 + random.nextInt(80), prompt));
        }
        return requests;
    }

    /** Greedy and sampled, with and without penalties and truncation. */
    private static SamplingParams sampling(int kind, long seed) {
        return new SamplingParams(
                kind % 4 == 0 ? 0 : 0.5 + kind % 3,
                kind % 3 == 0 ? 50 : 0,
                kind % 5 == 0 ? 0.8 : 1,
                kind % 7 == 0 ? 0.05 : 0,
                kind % 2 == 0 ? 1.2 : 1,
                kind % 3 == 0 ? 0.5 : 0,
                kind % 4 == 1 ? 0.3 : 0,
                Map.of(11, 1.5),
                seed,
                -1,
                Set.of(),
                0);
    }

    private static int[] ids(GenerationRequest request) {
        int[] ids = new int[request.prompt().size()];
        IntList.copyOf(request.prompt(), ids.length).copyTo(0, ids.length, ids, 0);
        return ids;
    }
}
