package org.carafe.server.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
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

/** Requests with idempotency keys, byte by byte. */
final class OnceKeys {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CONFLICT = 409;
    private static final long PATIENCE_MILLIS = 20_000;

    private final HttpClient client;
    private final String secret;

    OnceKeys(String secret) {
        this.secret = secret;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    /**
     * What a client got.
     *
     * @param status 0: not even headers
     * @param body as far as it came
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by a test
    record Got(int status, boolean isReplayed, byte[] body) {
        /** The whole answer came, to its last byte: a stream's end, or an object that is closed. */
        boolean isComplete() {
            String text = new String(body, UTF_8);
            return status == 200 && (text.endsWith("data: [DONE]\n\n") || (text.startsWith("{") && isJson(text)));
        }

        private static boolean isJson(String text) {
            try {
                JSON.readTree(text);
                return true;
            } catch (JsonProcessingException e) {
                return false;
            }
        }
    }

    /** A request: half of them are streams. */
    record Asked(String key, int number) {
        String body() {
            return "{\"model\":\"carafe-demo\",\"prompt\":\"Once\",\"ignore_eos\":true,\"max_tokens\":" + tokens()
                    + ",\"stream\":" + (number % 2 == 0) + "}";
        }

        int tokens() {
            return 1 + number % 7;
        }
    }

    /** Sends it once; {@code id} becomes the id of its row. */
    Got send(URI base, Asked asked, String id) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(base.resolve("completions"))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + secret)
                .header("Idempotency-Key", asked.key())
                .header("X-Request-Id", id)
                .POST(HttpRequest.BodyPublishers.ofString(asked.body()))
                .build();
        HttpResponse<InputStream> response;
        try {
            response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            return new Got(0, false, new byte[0]);
        }
        boolean replayed = response.headers().firstValue("Idempotency-Replayed").isPresent();
        return new Got(response.statusCode(), replayed, read(response.body()));
    }

    private static byte[] read(InputStream body) {
        var bytes = new java.io.ByteArrayOutputStream();
        byte[] buffer = new byte[1024];
        try (body) {
            for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
                bytes.write(buffer, 0, n);
            }
        } catch (IOException e) {
            // Cut off: what came is what it got.
        }
        return bytes.toByteArray();
    }

    /** Sends it until nobody runs it any more. */
    Got retry(URI base, Asked asked, String id) throws InterruptedException {
        long deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
        Got got = send(base, asked, id);
        while (got.status() == CONFLICT && System.currentTimeMillis() < deadline) {
            Thread.sleep(100);
            got = send(base, asked, id);
        }
        return got;
    }

    /** Of all requests at once. */
    interface Sending {
        Got of(Asked asked) throws InterruptedException;
    }

    static List<Got> all(List<Asked> asked, int atOnce, Sending sending)
            throws InterruptedException, ExecutionException {
        List<Got> got = new ArrayList<>();
        try (ExecutorService threads =
                Executors.newFixedThreadPool(atOnce, Thread.ofVirtual().factory())) {
            List<Future<Got>> running = new ArrayList<>();
            for (Asked one : asked) {
                running.add(threads.submit(() -> sending.of(one)));
            }
            for (Future<Got> one : running) {
                got.add(one.get());
            }
        }
        return got;
    }
}
