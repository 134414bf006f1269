package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.carafe.server.admission.Unmetered;
import org.carafe.server.auth.OpenDoor;
import org.carafe.server.metrics.ServerMetrics;
import org.junit.jupiter.api.Test;

/** Loading, serving, draining. */
final class DrainTest {
    @Test
    void whileLoadingOnlyProbesAnswer() {
        try (TestServer server = TestServer.with().loading().start()) {
            assertThat(server.get("/health").status()).isEqualTo(200);
            assertThat(server.get("/ready").status()).isEqualTo(503);
            TestServer.Answered refused = server.chat("");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.error().path("code").asText()).isEqualTo("model_unavailable");
            assertThat(refused.error().path("message").asText()).contains("loading");
            server.serve();
            assertThat(server.get("/ready").status()).isEqualTo(200);
            assertThat(server.chat(",\"max_tokens\":2").status()).isEqualTo(200);
        }
    }

    @Test
    void drainingRefusesNewRequestsAndWaitsForRunningOnes() throws Exception {
        try (TestServer server = TestServer.with().stepMicros(4_000).start();
                RawClient client = new RawClient(server)) {
            client.send(RawClient.post(
                    "/v1/chat/completions",
                    TestServer.chatBody(",\"max_tokens\":150,\"ignore_eos\":true,\"stream\":true")));
            client.readUntil("content");
            CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(() -> drain(server, 30_000));
            TestServer.eventually("it drains", () -> server.get("/ready").status() == 503);
            TestServer.Answered refused = server.chat("");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("Retry-After")).isNotEmpty();
            assertThat(server.get("/health").status()).isEqualTo(200);
            assertThat(client.readUntil("[DONE]")).contains("\"finish_reason\":\"length\"");
            assertThat(drained.get()).isTrue();
        }
    }

    @Test
    void whatOutlivesTheDrainIsCancelledByTheClose() throws IOException {
        TestServer server = TestServer.with().stepMicros(4_000).start();
        try (RawClient client = new RawClient(server)) {
            client.send(RawClient.post(
                    "/v1/chat/completions",
                    TestServer.chatBody(",\"max_tokens\":1900,\"ignore_eos\":true,\"stream\":true")));
            client.readUntil("content");
            assertThat(drain(server, 50)).isFalse();
            server.server().close();
            server.awaitIdle();
        } finally {
            server.close();
        }
    }

    @Test
    void theLastByteOfAnAnswerIsOutBeforeTheDrainEnds() throws IOException {
        for (int i = 0; i < 40; i++) {
            try (TestServer server = TestServer.with().stepMicros(500).start();
                    RawClient client = new RawClient(server)) {
                client.send(RawClient.post(
                        "/v1/chat/completions",
                        TestServer.chatBody(",\"max_tokens\":5,\"ignore_eos\":true,\"stream\":true")));
                client.readUntil("content");
                assertThat(drain(server, 60_000)).isTrue();
                server.server().close();
                assertThat(client.readAll()).endsWith("[DONE]\n\n\r\n0\r\n\r\n");
            }
        }
    }

    private static boolean drain(TestServer server, int millis) {
        try {
            return server.server().drain(Duration.ofMillis(millis));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aTakenPortIsOneClearLine() {
        try (TestServer server = TestServer.start();
                ServerMetrics metrics = new ServerMetrics()) {
            int port = server.server().port();
            HttpSettings settings = HttpSettings.defaults().at("127.0.0.1", port);
            assertThatThrownBy(() -> HttpServer.start(settings, new OpenDoor(), new Unmetered(), metrics))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("127.0.0.1:" + port)
                    .hasMessageContaining("Address already in use");
        }
    }
}
