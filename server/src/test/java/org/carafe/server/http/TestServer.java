package org.carafe.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.carafe.inference.engine.Engine;
import org.carafe.inference.engine.EngineClock;
import org.carafe.inference.engine.EngineConfig;
import org.carafe.inference.engine.EngineStats;
import org.carafe.inference.synthetic.SyntheticConfig;
import org.carafe.inference.synthetic.SyntheticRunner;
import org.carafe.models.checkpoint.Checkpoint;
import org.carafe.models.checkpoint.Checkpoints;
import org.carafe.models.demo.DemoCheckpoint;
import org.carafe.models.tokenizer.Tokenizer;
import org.carafe.server.admission.Admission;
import org.carafe.server.admission.Unmetered;
import org.carafe.server.auth.Authenticator;
import org.carafe.server.auth.OpenDoor;
import org.carafe.server.catalogue.CatalogueModel;
import org.carafe.server.metrics.EngineHistograms;
import org.carafe.server.metrics.ServerMetrics;
import org.carafe.server.serving.ChatRenderer;
import org.carafe.server.serving.ServedModel;
import org.carafe.server.serving.SystemFingerprint;
import org.jspecify.annotations.Nullable;

/** A whole server on a free port: the demo's tokenizer, the synthetic runner, a real socket. */
final class TestServer implements AutoCloseable {
    static final String MODEL = "carafe/demo";
    static final ObjectMapper JSON = new ObjectMapper();

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    private final Checkpoint checkpoint;
    private final HeldRunner runner;
    private final Engine engine;
    private final ServerMetrics metrics = new ServerMetrics();
    private final Unmetered unmetered = new Unmetered();
    private final HttpServer server;
    private final ServedModel model;

    private TestServer(Builder builder) {
        checkpoint = Checkpoints.open(demo());
        Tokenizer tokenizer = Tokenizer.of(checkpoint.text());
        EngineHistograms histograms = metrics.listener(MODEL);
        runner = new HeldRunner(new SyntheticRunner(builder.runner(tokenizer.vocabularySize())));
        engine = new Engine(runner, builder.engine, EngineClock.system(), histograms);
        metrics.watch(MODEL, engine, histograms);
        engine.start();
        model = new ServedModel(
                MODEL,
                Instant.now(),
                engine,
                tokenizer,
                ChatRenderer.of(checkpoint.text(), InstantSource.system()),
                checkpoint.generation(),
                SystemFingerprint.of(
                        checkpoint.fingerprint(),
                        checkpoint.text(),
                        checkpoint.generation(),
                        engine.shape().name()),
                builder.entry);
        Admission admission = builder.admission == null ? unmetered : builder.admission;
        server = HttpServer.start(builder.settings, builder.authenticator, admission, metrics);
        if (builder.serving) {
            serve();
        }
    }

    private static Path demo() {
        try {
            Path folder = Files.createTempDirectory("demo");
            folder.toFile().deleteOnExit();
            return DemoCheckpoint.extractTo(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static TestServer start() {
        return new Builder().start();
    }

    static Builder with() {
        return new Builder();
    }

    /** What a test wants otherwise than usual. */
    static final class Builder {
        private HttpSettings settings = HttpSettings.defaults().at("127.0.0.1", 0);
        private EngineConfig engine = EngineConfig.defaults();
        private Authenticator authenticator = new OpenDoor();
        private @Nullable Admission admission;
        private int stepMicros;
        private int contextTokensMax = 2048;
        private long failedStep;
        private int rows;
        private boolean serving = true;
        private @Nullable CatalogueModel entry;

        Builder settings(HttpSettings value) {
            settings = value.at("127.0.0.1", 0);
            return this;
        }

        Builder engine(EngineConfig value) {
            engine = value;
            return this;
        }

        Builder authenticator(Authenticator value) {
            authenticator = value;
            return this;
        }

        Builder admission(Admission value) {
            admission = value;
            return this;
        }

        /** What the catalogue says of the model. */
        Builder entry(CatalogueModel value) {
            entry = value;
            return this;
        }

        /** Least time of a step, and so of a token. */
        Builder stepMicros(int value) {
            stepMicros = value;
            return this;
        }

        Builder contextTokensMax(int value) {
            contextTokensMax = value;
            return this;
        }

        Builder failedStep(long value) {
            failedStep = value;
            return this;
        }

        /** Ids that the weights know, other than those of the tokenizer. */
        Builder rows(int value) {
            rows = value;
            return this;
        }

        Builder loading() {
            serving = false;
            return this;
        }

        private SyntheticConfig runner(int vocabularySize) {
            int blocks = Math.ceilDiv(contextTokensMax, 16) * 80;
            return SyntheticConfig.of(rows == 0 ? vocabularySize : rows)
                    .withContext(contextTokensMax, blocks)
                    .withStepMicros(stepMicros)
                    .withFailedStep(failedStep);
        }

        TestServer start() {
            return new TestServer(this);
        }
    }

    /** Ends the loading. */
    void serve() {
        server.serve(List.of(model));
    }

    HttpServer server() {
        return server;
    }

    Engine engine() {
        return engine;
    }

    /** What the engine's steps run on. */
    HeldRunner runner() {
        return runner;
    }

    ServedModel model() {
        return model;
    }

    String url() {
        return "http://127.0.0.1:" + server.port();
    }

    Socket socket() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(120_000);
        return socket;
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url() + path)).timeout(Duration.ofSeconds(60));
    }

    Answered get(String path) {
        return send(request(path).GET().build());
    }

    Answered post(String path, String body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body, UTF_8))
                .build());
    }

    /** A chat of one message; {@code more} is put after it, such as {@code ,"n":2}. */
    Answered chat(String more) {
        return post("/v1/chat/completions", chatBody(more));
    }

    static String chatBody(String more) {
        return "{\"model\":\"" + MODEL + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Say something.\"}]" + more
                + "}";
    }

    static String completionBody(String more) {
        return "{\"model\":\"" + MODEL + "\"" + more + "}";
    }

    Answered send(HttpRequest request) {
        try {
            return new Answered(CLIENT.send(request, HttpResponse.BodyHandlers.ofString(UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A response. */
    record Answered(HttpResponse<String> response) {
        int status() {
            return response.statusCode();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        String body() {
            return response.body();
        }

        JsonNode json() {
            return parse(response.body());
        }

        JsonNode error() {
            return json().path("error");
        }

        /** The data of its server-sent events, the last one ([DONE]) too. */
        List<String> events() {
            return response.body()
                    .lines()
                    .filter(line -> line.startsWith("data: "))
                    .map(line -> line.substring(6))
                    .toList();
        }

        /** Its events as JSON, without [DONE]. */
        List<JsonNode> chunks() {
            return events().stream()
                    .filter(event -> !event.equals("[DONE]"))
                    .map(TestServer::parse)
                    .toList();
        }
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + json, e);
        }
    }

    static boolean isJson(String text) {
        try {
            return JSON.readTree(text) != null;
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /** A metric without labels. */
    long metric(String name) {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no metric " + name));
    }

    /** Nothing runs, nothing waits, no hold is open, no block is used. */
    boolean isIdle() {
        EngineStats stats = engine.stats();
        return stats.running() == 0 && stats.waiting() == 0 && stats.blocksUsed() == 0 && unmetered.openHolds() == 0;
    }

    /** Fails if something is never given back. */
    void awaitIdle() {
        eventually("all is given back", this::isIdle);
    }

    static void eventually(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within 60 s: " + what);
            }
            try {
                Thread.sleep(2);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        runner.release();
        server.close();
        engine.close();
        metrics.close();
        checkpoint.close();
    }
}
