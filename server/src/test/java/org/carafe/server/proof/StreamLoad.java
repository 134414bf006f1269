package org.carafe.server.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Clients that stream one answer after the other until the server is gone. */
final class StreamLoad {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI base;
    private final String key;
    private final String name;
    private final HttpClient client;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch firstToken = new CountDownLatch(1);
    private final ConcurrentLinkedQueue<Received> received = new ConcurrentLinkedQueue<>();

    /** @param name begins the ids of its requests */
    StreamLoad(URI base, String key, String name) {
        this.base = base;
        this.key = key;
        this.name = name;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    /** Begins. */
    void start(int streams, int tokensMax, long seed) {
        for (int i = 0; i < streams; i++) {
            int stream = i;
            Random random = new Random(seed * 1_000 + stream);
            threads.execute(() -> run(stream, tokensMax, random));
        }
    }

    /** One answer of so many tokens, and no more. */
    void startOne(int tokens, int stream) {
        threads.execute(() -> run(new Received(name + "-" + stream + "-0", tokens)));
    }

    private void run(int stream, int tokensMax, Random random) {
        int n = 0;
        while (run(new Received(name + "-" + stream + "-" + n, 1 + random.nextInt(tokensMax)))) {
            n++;
        }
    }

    /** False where it went wrong. */
    private boolean run(Received one) {
        received.add(one);
        try {
            ask(one);
        } catch (IOException | RuntimeException e) {
            one.error = e.toString();
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return one.status == 200;
    }

    private void ask(Received one) throws IOException, InterruptedException {
        String body =
                "{\"model\":\"carafe-demo\",\"prompt\":\"Once\",\"ignore_eos\":true,\"stream\":true,\"return_token_ids\":true,"
                        + "\"max_tokens\":" + one.tokensMax + "}";
        HttpRequest request = HttpRequest.newBuilder(base.resolve("completions"))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + key)
                .header("X-Request-Id", one.requestId)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<Stream<String>> response = client.send(request, HttpResponse.BodyHandlers.ofLines());
        one.status = response.statusCode();
        StringBuilder refused = new StringBuilder();
        try (Stream<String> lines = response.body()) {
            lines.forEach(line -> {
                if (one.status != 200) {
                    refused.append(line);
                } else if (line.startsWith("data: {")) {
                    event(one, line.substring("data: ".length()));
                }
            });
        }
        if (one.status != 200) {
            one.error = refused.toString();
        }
    }

    private void event(Received one, String json) {
        JsonNode event;
        try {
            event = JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (event.has("error")) {
            one.error = json;
            return;
        }
        for (JsonNode choice : event.path("choices")) {
            one.tokens(choice.path("token_ids").size(), System.nanoTime());
            firstToken.countDown();
            if (!choice.path("finish_reason").isNull()
                    && !choice.path("finish_reason").isMissingNode()) {
                one.finished = true;
            }
        }
    }

    void awaitFirstToken() throws InterruptedException {
        if (!firstToken.await(60, TimeUnit.SECONDS)) {
            throw new AssertionError("no token in a minute: " + received);
        }
    }

    /** Waits for the streams to end, as they do when the server does. */
    List<Received> await() {
        threads.close();
        client.close();
        return List.copyOf(received);
    }
}
