package org.carafe.bench.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.carafe.inference.IntList;
import org.carafe.inference.engine.Engine;
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

    private final LoadedModel model;
    private final SplittableRandom random = new SplittableRandom(1);
    private final String name;

    CarafeContender(Path checkpoint, NumericType dtype, Workload workload) {
        int context = Math.max(
                workload.prefillTokens() + workload.decodeTokens(),
                workload.streamPromptTokens() + streamTokens(workload));
        model = ModelLoader.load(
                checkpoint,
                new ModelSettings(
                        RunnerChoice.torch,
                        "cpu",
                        dtype,
                        OptionalInt.of(context + 16),
                        Math.max(2, workload.streams()),
                        OptionalLong.empty(),
                        Math.max(16, workload.prefillTokens()),
                        1024,
                        0),
                EngineListener.NONE,
                LoadProgress.SILENT);
        model.engine().start();
        name = "carafe " + model.engine().shape().name();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Measured measure(Workload workload) throws IOException, InterruptedException {
        Timeline alone =
                run(workload.prefillTokens(), workload.decodeTokens() + 1, 1).getFirst();
        double prefill = workload.prefillTokens() / alone.secondsToFirst();
        double decode = workload.decodeTokens() / alone.secondsAfterFirst();
        if (workload.streams() < 2) {
            return new Measured(prefill, decode, Double.NaN);
        }
        List<Timeline> many = run(workload.streamPromptTokens(), streamTokens(workload), workload.streams());
        return new Measured(prefill, decode, fullBatchRate(many));
    }

    /** Streams start one after another while prompts are computed; twice the tokens leave a long time in which all run. */
    private static int streamTokens(Workload workload) {
        return 2 * workload.streamTokens() + workload.streams();
    }

    /** Tokens per second between the last stream's first token and the first stream's last. */
    static double fullBatchRate(List<Timeline> streams) {
        long from = streams.stream().mapToLong(Timeline::first).max().orElseThrow();
        long to = streams.stream().mapToLong(Timeline::last).min().orElseThrow();
        long tokens = 0;
        for (Timeline stream : streams) {
            tokens += stream.tokenNanos().stream()
                    .filter(at -> at > from && at <= to)
                    .count();
        }
        if (to <= from) {
            throw new IllegalStateException("the streams did not overlap: " + streams.size() + " of them");
        }
        return tokens * 1e9 / (to - from);
    }

    private List<Timeline> run(int promptTokens, int outputTokens, int streams)
            throws IOException, InterruptedException {
        List<Future<Timeline>> futures = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < streams; i++) {
                GenerationRequest request = request(promptTokens, outputTokens);
                futures.add(threads.submit(() -> generate(request)));
            }
        }
        List<Timeline> timelines = new ArrayList<>();
        for (Future<Timeline> future : futures) {
            try {
                timelines.add(future.get());
            } catch (ExecutionException e) {
                throw new IOException("carafe failed: " + e.getCause().getMessage(), e);
            }
        }
        return timelines;
    }

    private GenerationRequest request(int promptTokens, int outputTokens) {
        IntList prompt = new IntList(promptTokens);
        for (int i = 0; i < promptTokens; i++) {
            prompt.add(random.nextInt(LOWEST_ID, model.engine().shape().vocabularySize() - HIGH_IDS_LEFT_OUT));
        }
        return new GenerationRequest(
                "peers", "bench", prompt, SamplingParams.greedy(), outputTokens, Set.of(), 0, null, -1);
    }

    private Timeline generate(GenerationRequest request) throws IOException, InterruptedException {
        Engine engine = model.engine();
        long start = System.nanoTime();
        List<Long> times = new ArrayList<>(request.maxTokens());
        try (GenerationStream stream = engine.submit(request)) {
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
