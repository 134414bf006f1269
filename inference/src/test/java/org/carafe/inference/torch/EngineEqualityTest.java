package org.carafe.inference.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.carafe.inference.IntList;
import org.carafe.inference.engine.Engine;
import org.carafe.inference.engine.EngineConfig;
import org.carafe.inference.engine.GenerationEvent;
import org.carafe.inference.engine.GenerationRequest;
import org.carafe.inference.engine.GenerationStream;
import org.carafe.inference.sampling.SamplingParams;
import org.carafe.models.GoldenCheckpoints;
import org.carafe.models.checkpoint.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The engine over PyTorch in float32: a request's tokens are the same whatever the scheduler and the prefix cache do with it. */
@ParameterizedClass
@MethodSource("names")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EngineEqualityTest {
    private static final EngineConfig UNCACHED = EngineConfig.defaults().withPrefixCache(false);
    private static final int SEQUENCES = 16;
    private static final int SHARED_TOKENS = 40;
    private static final int BLOCK_TOKENS = 8;
    private static final int BLOCKS = 1024;
    /** Enough for any one sequence, not for two long ones. */
    private static final int BLOCKS_SCARCE = 18;

    @Parameter
    private String name;

    private Checkpoint checkpoint;
    private long blockBytes;
    private List<GenerationRequest> requests;
    private List<List<Integer>> alone;

    static List<String> names() {
        return GoldenCheckpoints.NAMES;
    }

    @BeforeParameterizedClassInvocation
    void runEachAlone() {
        checkpoint = Golden.open(name);
        requests = requests(checkpoint.spec().vocabularySize());
        try (TorchRunner runner = TorchRunner.load(checkpoint, options(1 << 20))) {
            blockBytes = runner.shape().kvBytes() / runner.shape().kvBlocks();
        }
        alone = new ArrayList<>();
        try (Engine engine = engine(UNCACHED, BLOCKS)) {
            for (GenerationRequest request : requests) {
                alone.addAll(tokens(run(engine, List.of(request))));
            }
        }
    }

    @AfterParameterizedClassInvocation
    void close() {
        checkpoint.close();
    }

    @Test
    void amongFifteenOthersAsAlone() {
        try (Engine engine = engine(UNCACHED, BLOCKS)) {
            assertThat(tokens(run(engine, requests))).isEqualTo(alone);
        }
    }

    @Test
    void inSmallChunksAsWhole() {
        try (Engine engine = engine(UNCACHED.withPrefillTokensMax(5), BLOCKS)) {
            assertThat(tokens(run(engine, requests))).isEqualTo(alone);
        }
    }

    @Test
    void preemptedAsUndisturbed() {
        try (Engine engine = engine(UNCACHED, BLOCKS_SCARCE)) {
            assertThat(tokens(run(engine, requests))).isEqualTo(alone);
            assertThat(engine.stats().preemptions()).isGreaterThan(3);
        }
    }

    @Test
    void afterOneWithTheSamePrefixAsWithout() {
        try (Engine engine = engine(EngineConfig.defaults(), BLOCKS)) {
            for (int i = 0; i < 4; i++) {
                List<List<GenerationEvent>> events = run(engine, List.of(requests.get(i)));
                assertThat(cachedTokens(events.getFirst())).isEqualTo(i == 0 ? 0 : SHARED_TOKENS);
                assertThat(tokens(events)).containsExactly(alone.get(i));
            }
        }
    }

    @Test
    void askedAgainAsTheFirstTime() {
        try (Engine engine = engine(EngineConfig.defaults(), BLOCKS)) {
            run(engine, requests);
            List<List<GenerationEvent>> again = run(engine, requests);

            assertThat(again)
                    .allSatisfy(events -> assertThat(cachedTokens(events))
                            .as("all but the last, unfinished block")
                            .isGreaterThan(SHARED_TOKENS));
            assertThat(tokens(again)).isEqualTo(alone);
        }
    }

    @Test
    void cachedChunkedAndPreemptedAtOnceAsAlone() {
        try (Engine engine = engine(EngineConfig.defaults().withPrefillTokensMax(7), BLOCKS_SCARCE)) {
            assertThat(tokens(run(engine, requests))).isEqualTo(alone);
            assertThat(tokens(run(engine, requests))).isEqualTo(alone);
            assertThat(engine.stats().preemptions()).isPositive();
            assertThat(engine.stats().cacheHitTokens()).isPositive();
        }
    }

    private Engine engine(EngineConfig config, int blocks) {
        return new Engine(TorchRunner.load(checkpoint, options(blocks * blockBytes)), config);
    }

    private static TorchOptions options(long kvBytes) {
        return TorchOptions.defaults()
                .withDevice("cpu")
                .withFormat(WeightFormat.F32)
                .withBlockTokens(BLOCK_TOKENS)
                .withKvBytes(OptionalLong.of(kvBytes))
                .withThreads(1);
    }

    /** One more joins each step, so that prompts meet running sequences. */
    private static List<List<GenerationEvent>> run(Engine engine, List<GenerationRequest> requests) {
        List<GenerationStream> streams = new ArrayList<>();
        for (GenerationRequest request : requests) {
            streams.add(engine.submit(request));
            engine.step();
        }
        while (engine.step() > 0) {}
        List<List<GenerationEvent>> all = new ArrayList<>();
        for (GenerationStream stream : streams) {
            List<GenerationEvent> events = new ArrayList<>();
            try {
                while (stream.take(events)) {}
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            assertThat(events.getLast()).isInstanceOf(GenerationEvent.Finished.class);
            all.add(events);
        }
        return all;
    }

    private static List<List<Integer>> tokens(List<List<GenerationEvent>> all) {
        List<List<Integer>> tokens = new ArrayList<>();
        for (List<GenerationEvent> events : all) {
            List<Integer> ids = new ArrayList<>();
            for (GenerationEvent event : events) {
                if (event instanceof GenerationEvent.Token(var sampled)) {
                    ids.add(sampled.tokenId());
                }
            }
            tokens.add(ids);
        }
        return tokens;
    }

    private static int cachedTokens(List<GenerationEvent> events) {
        return ((GenerationEvent.Finished) events.getLast()).usage().cachedPromptTokens();
    }

    /** Half of them greedy, half sampled; all begin alike and no two go on alike. */
    private static List<GenerationRequest> requests(int vocabulary) {
        Random random = new Random(11);
        int[] shared = random.ints(SHARED_TOKENS, 0, vocabulary).toArray();
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < SEQUENCES; i++) {
            int[] prompt = new int[SHARED_TOKENS + BLOCK_TOKENS + 1 + random.nextInt(30)];
            System.arraycopy(shared, 0, prompt, 0, SHARED_TOKENS);
            prompt[SHARED_TOKENS] = i;
            for (int p = SHARED_TOKENS + 1; p < prompt.length; p++) {
                prompt[p] = random.nextInt(vocabulary);
            }
            SamplingParams sampling = i % 2 == 0
                    ? SamplingParams.greedy()
                    : new SamplingParams(0.8, 40, 0.95, 0, 1.1, 0, 0, Map.of(), i, -1, Set.of(), 0);
            requests.add(new GenerationRequest(
                    "request",
                    "account",
                    IntList.of(prompt),
                    sampling,
                    20 + random.nextInt(28),
                    Set.of(),
                    0,
                    null,
                    -1));
        }
        return requests;
    }
}
