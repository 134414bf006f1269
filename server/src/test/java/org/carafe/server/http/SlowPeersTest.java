package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
        HttpSettings settings = Settings.with(HttpSettings.defaults(), "bodyTimeoutMillis", 400);
        server = TestServer.with()
                .settings(Settings.with(settings, "idleTimeoutMillis", 3_000))
                .start();
    }

    @AfterAll
    static void stop() {
        TestServer.eventually("all is given back", server::isIdle);
        server.close();
    }

    private static String head(String header) {
        return String.join(
                "\r\n",
                "POST /v1/completions HTTP/1.1",
                "Host: localhost",
                "Content-Type: application/json",
                header,
                "",
                "");
    }

    @Test
    void aBodyThatDripsInIsTimedOut() throws Exception {
        try (RawClient client = new RawClient(server)) {
            client.send(head("Content-Length: 100"));
            for (int i = 0; i < 6; i++) {
                client.send(" ");
                Thread.sleep(80);
            }
            assertThat(client.readAll()).startsWith("HTTP/1.1 408").contains("within 400 ms", "request_timeout");
        }
    }

    @Test
    void aBodyThatNeverComesIsTimedOut() throws IOException {
        try (RawClient client = new RawClient(server)) {
            client.send(head("Content-Length: 100") + "{");
            assertThat(client.readAll()).startsWith("HTTP/1.1 408").contains("request_timeout");
        }
    }

    @Test
    void aHeadThatDripsInIsCutOff() throws Exception {
        try (RawClient client = new RawClient(server)) {
            client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n");
            String seen = "";
            try {
                for (int i = 0; i < 20; i++) {
                    client.send("X-A: b\r\n");
                    Thread.sleep(60);
                }
                seen = client.readAll();
            } catch (IOException e) {
                seen = "cut off";
            }
            assertThat(seen).doesNotContain("200");
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
