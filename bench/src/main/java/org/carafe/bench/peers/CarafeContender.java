package org.carafe.bench.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.carafe.inference.IntList;
import org.carafe.inference.engine.EngineListener;
import org.carafe.inference.engine.GenerationEvent;
import org.carafe.inference.engine.GenerationRequest;
import org.carafe.inference.engine.GenerationStream;
import org.carafe.inference.sampling.SamplingParams;
import org.carafe.server.loading.LoadProgress;
import org.carafe.server.loading.LoadedModel;
import org.carafe.server.loading.ModelLoader;
import org.carafe.server.loading.ModelSettings;
import org.carafe.server.loading.NumericType;
import org.carafe.server.loading.RunnerChoice;

/** Carafe's engine in this process, with scheduler and sampling; only HTTP is left out, as it is with the peers. */
final class CarafeContender implements Contender {
    private static final int LOWEST_ID = 10;
    private static final int HIGH_IDS_LEFT_OUT = 300;
    private static final int WARM_UP_TOKENS = 4;

    /** Steps that may pass before the last of the streams has begun; they are not counted. */
    private static final int STAGGER_TOKENS = 8;

    private final LoadedModel model;
    private final Workload work;
    private final SplittableRandom random = new SplittableRandom(1);
    private final String name;

    CarafeContender(Path checkpoint, NumericType dtype, Workload work) {
        this.work = work;
        int context = Math.max(
                work.prefillTokens() + work.decodeTokens() + 1,
                work.streamPromptTokens() + work.streamTokens() + STAGGER_TOKENS);
        // A step takes the prompts of all streams, so that they begin together, as the peers' do.
        int stepTokens = Math.max(work.prefillTokens(), work.streams() * work.streamPromptTokens());
        model = ModelLoader.load(
                checkpoint,
                new ModelSettings(
                        RunnerChoice.torch,
                        "cpu",
                        dtype,
                        OptionalInt.of(context + 16),
                        Math.max(2, work.streams()),
                        OptionalLong.empty(),
                        Math.clamp(stepTokens, 16, 65_536),
                        1024,
                        0),
                EngineListener.NONE,
                LoadProgress.SILENT);
        model.engine().start();
        name = "carafe " + dtype;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Maker maker() {
        return Maker.CARAFE;
    }

    @Override
    public boolean hasWarmUp() {
        return true;
    }

    /** The streams run as long as they will: bf16 weights are put into another layout a few at a time while several streams run. */
    @Override
    public void warmUp(Part part, Duration limit) throws IOException, InterruptedException {
        switch (part) {
            case SINGLE -> run(work.prefillTokens(), WARM_UP_TOKENS, 1, limit);
            case STREAMS -> runStreams(limit);
        }
    }

    @Override
    public Map<Figure, Double> measure(Part part, Duration limit) throws IOException, InterruptedException {
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        switch (part) {
            case SINGLE -> {
                Timeline alone = run(work.prefillTokens(), work.decodeTokens() + 1, 1, limit)
                        .getFirst();
                figures.put(Figure.PREFILL, work.prefillTokens() / alone.secondsToFirst());
                figures.put(Figure.DECODE, work.decodeTokens() / alone.secondsAfterFirst());
            }
            case STREAMS -> figures.put(Figure.STREAMS, fullBatchRate(runStreams(limit)));
        }
        return figures;
    }

    private List<Timeline> runStreams(Duration limit) throws IOException, InterruptedException {
        return run(work.streamPromptTokens(), work.streamTokens() + STAGGER_TOKENS, work.streams(), limit);
    }

    /** Tokens per second between the last stream's first token and the first stream's last. */
    static double fullBatchRate(List<Timeline> streams) throws IOException {
        long from = streams.stream().mapToLong(Timeline::first).max().orElseThrow();
        long to = streams.stream().mapToLong(Timeline::last).min().orElseThrow();
        if (to <= from) {
            throw new IOException("the " + streams.size() + " streams did not overlap; ask for more --stream-tokens");
        }
        long tokens = 0;
        for (Timeline stream : streams) {
            tokens += stream.tokenNanos().stream()
                    .filter(at -> at > from && at <= to)
                    .count();
        }
        return tokens * 1e9 / (to - from);
    }

    private List<Timeline> run(int promptTokens, int outputTokens, int streams, Duration limit)
            throws IOException, InterruptedException {
        List<Callable<Timeline>> tasks = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            GenerationRequest request = request(promptTokens, outputTokens);
            tasks.add(() -> generate(request));
        }
        List<Future<Timeline>> futures;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // What has not ended by then is interrupted, which closes its stream.
            futures = threads.invokeAll(tasks, limit.toMillis(), TimeUnit.MILLISECONDS);
        }
        List<Timeline> timelines = new ArrayList<>();
        for (Future<Timeline> future : futures) {
            try {
                timelines.add(future.get());
            } catch (CancellationException e) {
                throw new IOException("it took more than " + limit.toSeconds() + " s (--time-limit)", e);
            } catch (ExecutionException e) {
                throw new IOException(String.valueOf(e.getCause().getMessage()), e);
            }
        }
        return timelines;
    }

    private GenerationRequest request(int promptTokens, int outputTokens) {
        IntList prompt = new IntList(promptTokens);
        int end = Math.max(LOWEST_ID + 1, model.engine().shape().vocabularySize() - HIGH_IDS_LEFT_OUT);
        for (int i = 0; i < promptTokens; i++) {
            prompt.add(random.nextInt(LOWEST_ID, end));
        }
        return new GenerationRequest(
                "peers", "bench", prompt, SamplingParams.greedy(), outputTokens, Set.of(), 0, null, -1);
    }

    private Timeline generate(GenerationRequest request) throws IOException, InterruptedException {
        long start = System.nanoTime();
        List<Long> times = new ArrayList<>(request.maxTokens());
        try (GenerationStream stream = model.engine().submit(request)) {
            List<GenerationEvent> events = new ArrayList<>();
            while (stream.take(events)) {
                long now = System.nanoTime();
                for (GenerationEvent event : events) {
                    if (event instanceof GenerationEvent.Token) {
                        times.add(now);
                    } else if (event instanceof GenerationEvent.Failed failed) {
                        throw new IOException(failed.message());
                    }
                }
                events.clear();
            }
        }
        if (times.size() != request.maxTokens()) {
            throw new IOException(times.size() + " tokens came, not " + request.maxTokens());
        }
        return new Timeline(start, times);
    }

    /** When a stream's tokens came. */
    record Timeline(long startNanos, List<Long> tokenNanos) {
        long first() {
            return tokenNanos.getFirst();
        }

        long last() {
            return tokenNanos.getLast();
        }

        double secondsToFirst() {
            return (first() - startNanos) / 1e9;
        }

        double secondsAfterFirst() {
            return (last() - first()) / 1e9;
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
