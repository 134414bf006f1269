package org.carafe.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.carafe.bench.load.EngineTarget;
import org.carafe.bench.load.HttpTarget;
import org.carafe.bench.load.LoadPlan;
import org.carafe.bench.load.Requests;
import org.carafe.bench.load.Summary;
import org.carafe.bench.load.Target;
import org.carafe.inference.engine.EngineListener;
import org.carafe.models.demo.DemoCheckpoint;
import org.carafe.server.loading.LoadProgress;
import org.carafe.server.loading.LoadedModel;
import org.carafe.server.loading.ModelLoader;
import org.carafe.server.loading.ModelSettings;
import org.carafe.server.loading.NumericType;
import org.carafe.server.loading.RunnerChoice;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is measured, and what each request is. */
final class TargetOptions {
    enum Api {
        chat,
        completions
    }

    @Option(names = "--url", paramLabel = "URL", description = "A running server, such as http://127.0.0.1:8080/v1.")
    private @Nullable URI url;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "A checkpoint to run in this process instead: token ids in, token ids out, no HTTP.")
    private @Nullable Path model;

    @Option(
            names = "--runner",
            paramLabel = "RUNNER",
            defaultValue = "auto",
            description =
                    "Without --url: what runs the model, ${COMPLETION-CANDIDATES}; synthetic needs no model (default: ${DEFAULT-VALUE}).")
    private RunnerChoice runner = RunnerChoice.auto;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "auto",
            description = "With --model: cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}).")
    private String device = "";

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            defaultValue = "auto",
            description = "With --model: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private NumericType dtype = NumericType.auto;

    @Option(
            names = "--prefill-chunk",
            paramLabel = "TOKENS",
            defaultValue = "512",
            description = "With --model: most prompt tokens of a step (default: ${DEFAULT-VALUE}).")
    private int prefillTokens;

    @Option(names = "--api-key", paramLabel = "KEY", description = "Key for that server.")
    private @Nullable String apiKey;

    @Option(
            names = "--served-name",
            paramLabel = "NAME",
            description = "Model to ask for (default: the first that the server lists).")
    private @Nullable String servedName;

    @Option(
            names = "--api",
            paramLabel = "chat|completions",
            defaultValue = "chat",
            description = "Which route (default: ${DEFAULT-VALUE}).")
    private Api api = Api.chat;

    @Option(names = "--no-stream", description = "Ask for whole answers instead of streams.")
    private boolean whole;

    @Option(
            names = "--input-tokens",
            paramLabel = "N",
            defaultValue = "128",
            description = "Length of a prompt, about (default: ${DEFAULT-VALUE}).")
    private int inputTokens;

    @Option(
            names = "--shared-tokens",
            paramLabel = "N",
            defaultValue = "0",
            description = "How many of them all prompts begin with (default: ${DEFAULT-VALUE}).")
    private int sharedTokens;

    @Option(
            names = "--output-tokens",
            paramLabel = "N",
            defaultValue = "64",
            description = "Exact length of an answer (default: ${DEFAULT-VALUE}).")
    private int outputTokens;

    @Option(
            names = "--allow-remote",
            description = "Load a server on another machine; without this only a loopback address is.")
    private boolean allowRemote;

    private String name = "";

    Target open(int concurrencyMax, long seed) throws IOException, InterruptedException {
        if (url != null && model != null) {
            throw new IllegalArgumentException("--url and --model: only one can be measured");
        }
        if (url != null) {
            return server(url, seed);
        }
        if (model != null) {
            return engine(model, concurrencyMax, seed);
        }
        if (runner != RunnerChoice.synthetic) {
            throw new IllegalArgumentException("one of --url, --model and --runner synthetic says what to measure");
        }
        Path demo = Files.createTempDirectory("carafe-bench");
        try {
            return engine(DemoCheckpoint.extractTo(demo), concurrencyMax, seed);
        } finally {
            // What is still mapped stays readable.
            try (Stream<Path> files = Files.list(demo)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(demo);
        }
    }

    private Target engine(Path path, int concurrencyMax, long seed) {
        ModelSettings settings = new ModelSettings(
                runner,
                device,
                dtype,
                OptionalInt.of(Math.max(16, inputTokens + outputTokens)),
                concurrencyMax,
                OptionalLong.empty(),
                prefillTokens,
                1024,
                0);
        LoadedModel loaded = ModelLoader.load(path, settings, EngineListener.NONE, LoadProgress.SILENT);
        loaded.engine().start();
        name = (model == null ? "no model" : path.toAbsolutePath().normalize().getFileName()) + " on "
                + loaded.engine().shape().name();
        Target target = new EngineTarget(loaded.engine(), inputTokens, sharedTokens, outputTokens, seed);
        return new Target() {
            @Override
            public Summary run(LoadPlan plan, Progress progress) throws IOException, InterruptedException {
                return target.run(plan, progress);
            }

            @Override
            public void close() {
                loaded.close();
            }
        };
    }

    /** What was opened, for titles. */
    String name() {
        return name;
    }

    Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>();
        settings.put("api", api.name());
        settings.put("stream", Boolean.toString(!whole));
        settings.put("inputTokens", Integer.toString(inputTokens));
        settings.put("sharedTokens", Integer.toString(sharedTokens));
        settings.put("outputTokens", Integer.toString(outputTokens));
        return settings;
    }

    private Target server(URI base, long seed) throws IOException, InterruptedException {
        if (!"http".equals(base.getScheme()) || base.getHost() == null) {
            throw new IllegalArgumentException("--url is such as http://127.0.0.1:8080/v1, not " + base);
        }
        int port = base.getPort() < 0 ? 80 : base.getPort();
        InetSocketAddress address = new InetSocketAddress(base.getHost(), port);
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("--url: no such host: " + base.getHost());
        }
        if (!allowRemote && !address.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException(
                    "--url: " + base.getHost() + " is another machine: --allow-remote loads it all the same");
        }
        String model = servedName == null ? firstModel(base) : servedName;
        name = model + " at " + base.getHost() + ":" + port;
        Requests requests = new Requests(new Requests.Shape(
                base.getHost() + ":" + port,
                model,
                apiKey,
                api == Api.chat,
                !whole,
                inputTokens,
                sharedTokens,
                outputTokens,
                seed));
        return new HttpTarget(address, requests, !whole);
    }

    private String firstModel(URI base) throws IOException, InterruptedException {
        String path = base.getPath().endsWith("/") ? base.getPath() : base.getPath() + "/";
        HttpRequest.Builder request =
                HttpRequest.newBuilder(base.resolve(path + "models")).timeout(Duration.ofSeconds(10));
        if (apiKey != null) {
            request.header("Authorization", "Bearer " + apiKey);
        }
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build()) {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            JsonNode id = new ObjectMapper()
                    .readTree(response.body())
                    .path("data")
                    .path(0)
                    .path("id");
            if (response.statusCode() != 200 || !id.isTextual()) {
                throw new IOException(base + " lists no models: HTTP " + response.statusCode());
            }
            return id.textValue();
        } catch (ConnectException e) {
            throw new IOException("nothing listens at " + base, e);
        }
    }
}
