package org.carafe.server.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Requests with a key. */
final class Asking {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    private Asking() {}

    /** One completion, to its end. */
    static HttpResponse<String> completion(URI base, String key, int tokens) throws IOException, InterruptedException {
        String body =
                "{\"model\":\"carafe-demo\",\"prompt\":\"Once\",\"ignore_eos\":true,\"max_tokens\":" + tokens + "}";
        HttpRequest request = HttpRequest.newBuilder(base.resolve("completions"))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + key)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** As many at once, spread over servers; their answers. */
    static List<HttpResponse<String>> race(List<URI> bases, String key, int requests, int tokens)
            throws InterruptedException, ExecutionException {
        List<HttpResponse<String>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpResponse<String>>> running = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                URI base = bases.get(i % bases.size());
                running.add(threads.submit(() -> completion(base, key, tokens)));
            }
            for (Future<HttpResponse<String>> one : running) {
                answers.add(one.get());
            }
        }
        return answers;
    }

    static long count(List<HttpResponse<String>> answers, int status) {
        return answers.stream().filter(answer -> answer.statusCode() == status).count();
    }

    /** {@code error.code}. */
    static String code(HttpResponse<String> answer) throws IOException {
        return JSON.readTree(answer.body()).at("/error/code").asText();
    }

    static JsonNode json(HttpResponse<String> answer) throws IOException {
        return JSON.readTree(answer.body());
    }
}
