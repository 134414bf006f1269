package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that send slowly, or not at all. */
final class SlowPeersTest {
    private static TestServer server;

    @BeforeAll
    static void start() {
        HttpSettings settings = Settings.with(HttpSettings.defaults(), "bodyMillis", 400);
        server = TestServer.with()
                .settings(Settings.with(settings, "idleMillis", 3_000))
                .start();
    }

    @AfterAll
    static void stop() {
        server.awaitIdle();
        server.close();
    }

    /** Sends a piece again and again, reading meanwhile, until the server closes; fails if it never does. */
    private static String drip(RawClient client, String piece, int piecesMax) throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                answer.complete(client.readAll());
            } catch (IOException e) {
                answer.completeExceptionally(e);
            }
        });
        boolean open = true;
        for (int i = 0; i < piecesMax && open && !answer.isDone(); i++) {
            try {
                client.send(piece);
                Thread.sleep(60);
            } catch (SocketException e) {
                open = false;
            }
        }
        assertThat(!open || answer.isDone()).as("cut off while it was sending").isTrue();
        return answer.get(60, TimeUnit.SECONDS);
    }

    @Test
    void aBodyThatDripsInIsTimedOut() throws Exception {
        try (RawClient client = new RawClient(server)) {
            client.send(RawClient.headOfCompletion("Content-Length: 1000"));
            assertThat(drip(client, " ", 990)).startsWith("HTTP/1.1 408").contains("within 400 ms", "request_timeout");
        }
    }

    @Test
    void aBodyThatNeverComesIsTimedOut() throws IOException {
        try (RawClient client = new RawClient(server)) {
            client.send(RawClient.headOfCompletion("Content-Length: 100") + "{");
            assertThat(client.readAll()).startsWith("HTTP/1.1 408").contains("request_timeout");
        }
    }

    @Test
    void aHeadThatDripsInIsCutOff() throws Exception {
        // An idle timeout that drips never meet, and that no test would wait for.
        HttpSettings settings = Settings.with(HttpSettings.defaults(), "bodyMillis", 400);
        try (TestServer patient = TestServer.with()
                        .settings(Settings.with(settings, "idleMillis", 600_000))
                        .start();
                RawClient client = new RawClient(patient)) {
            client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n");
            assertThat(drip(client, "X-A: b\r\n", 1_000)).doesNotContain("200");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /nowhere", "HEAD /health", "DELETE /health", "GET /health"})
    void aConnectionIsUsedAgainHoweverLateAndWhateverItsFirstRequestWas(String line) throws Exception {
        try (RawClient client = new RawClient(server)) {
            client.send(line + " HTTP/1.1\r\nHost: localhost\r\n\r\n").readUntil("\r\n\r\n");
            // Longer than a head may take, shorter than a connection may idle.
            Thread.sleep(600);
            client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").readUntil("\"status\":\"ok\"");
        }
    }
}
