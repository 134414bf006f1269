package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import org.carafe.server.auth.ApiKeyFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Keys: where they may stand, what is open without one, and that they are nowhere written down. */
final class AccessTest {
    private static final String KEY = "sk-a-key-for-tests-0123456789";

    @TempDir
    private Path folder;

    private TestServer keyed(HttpSettings settings) throws IOException {
        Path file = Files.writeString(folder.resolve("keys"), "# of the tests\n\n" + KEY + "\nsk-another-one-987654\n");
        return TestServer.with()
                .settings(settings)
                .authenticator(ApiKeyFile.read(file))
                .start();
    }

    private static int models(TestServer server, String query, String... headers) {
        HttpRequest.Builder request = server.request("/v1/models" + query);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return server.send(request.build()).status();
    }

    @Test
    void aKeyIsTakenFromEachOfItsThreePlaces() throws IOException {
        try (TestServer server = keyed(HttpSettings.defaults())) {
            assertThat(models(server, "", "Authorization", "Bearer " + KEY)).isEqualTo(200);
            assertThat(models(server, "", "authorization", "bearer  " + KEY)).isEqualTo(200);
            assertThat(models(server, "", "X-API-Key", KEY)).isEqualTo(200);
            assertThat(models(server, "?api_key=" + KEY)).isEqualTo(200);
        }
    }

    @Test
    void aMissingOrWrongKeyIs401() throws IOException {
        try (TestServer server = keyed(HttpSettings.defaults())) {
            assertThat(models(server, "")).isEqualTo(401);
            assertThat(models(server, "", "Authorization", "Bearer " + KEY + "x"))
                    .isEqualTo(401);
            assertThat(models(server, "", "Authorization", "Bearer")).isEqualTo(401);
            assertThat(models(server, "", "Authorization", "Basic " + KEY)).isEqualTo(401);
            assertThat(models(server, "?api_key=")).isEqualTo(401);
            assertThat(models(server, "?api_key=" + KEY, "Authorization", "Bearer wrong"))
                    .as("a wrong key is not made good by another")
                    .isEqualTo(401);
            TestServer.Answered answer = server.post("/v1/chat/completions", "{ not even JSON");
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
            assertThat(answer.error().path("type").asText()).isEqualTo("authentication_error");
            assertThat(answer.error().path("code").asText()).isEqualTo("invalid_api_key");
        }
    }

    @Test
    void aHeadRequestNeedsTheKeyThatItsGetNeeds() throws IOException {
        try (TestServer server = keyed(HttpSettings.defaults())) {
            HttpRequest.Builder head = server.request("/v1/models").HEAD();
            assertThat(server.send(head.build()).status()).isEqualTo(401);
            TestServer.Answered answer =
                    server.send(head.header("X-API-Key", KEY).build());
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEmpty();
            assertThat(answer.header("X-Request-Id")).isNotEmpty();
        }
    }

    private static String answerToHost(TestServer server, String host) throws IOException {
        try (RawClient client = new RawClient(server)) {
            return client.send("GET /v1/models HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                    .readAll();
        }
    }

    @Test
    void aPageThatResolvesToThisMachineIsKeptAwayWhereNoKeyIsAskedFor() throws IOException {
        try (TestServer server = TestServer.start()) {
            for (String host :
                    new String[] {"localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:8080", "app.localhost"}) {
                assertThat(answerToHost(server, host)).as(host).startsWith("HTTP/1.1 200");
            }
            for (String host : new String[] {
                "evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example"
            }) {
                assertThat(answerToHost(server, host))
                        .as(host)
                        .startsWith("HTTP/1.1 403")
                        .contains("origin_not_allowed");
            }
        }
        try (TestServer server = keyed(HttpSettings.defaults())) {
            assertThat(answerToHost(server, "behind.a.proxy")).startsWith("HTTP/1.1 401");
        }
    }

    @Test
    void probesAndPagesNeedNoKey() throws IOException {
        try (TestServer server = keyed(HttpSettings.defaults())) {
            for (String path : new String[] {"/health", "/ready", "/metrics", "/openapi.json", "/docs", "/"}) {
                assertThat(server.get(path).status()).as(path).isEqualTo(200);
            }
            assertThat(server.post("/tokenize", "{}").status()).isEqualTo(401);
            assertThat(server.post("/detokenize", "{}").status()).isEqualTo(401);
        }
    }

    @Test
    void aKeyInTheQueryCanBeSwitchedOffAndMetricsLocked() throws IOException {
        HttpSettings strict = Settings.with(HttpSettings.defaults(), "keyInQuery", false);
        try (TestServer server = keyed(Settings.with(strict, "metricsNeedKey", true))) {
            assertThat(models(server, "?api_key=" + KEY)).isEqualTo(401);
            assertThat(server.get("/metrics").status()).isEqualTo(401);
            assertThat(server.send(server.request("/metrics")
                                    .header("X-API-Key", KEY)
                                    .build())
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void noKeyIsEverLoggedWhateverTheLevelOfOurLog() throws IOException {
        Logger root = (Logger) LoggerFactory.getLogger("org.carafe");
        Level before = root.getLevel();
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        root.addAppender(lines);
        root.setLevel(Level.TRACE);
        try (TestServer server = keyed(HttpSettings.defaults())) {
            models(server, "?api_key=" + KEY);
            models(server, "", "Authorization", "Bearer " + KEY);
            server.get("/nowhere?api_key=" + KEY);
            server.get("/metrics?api_key=" + KEY);
            assertThat(server.get("/metrics").body()).doesNotContain(KEY);
        } finally {
            root.detachAppender(lines);
            root.setLevel(before);
        }
        assertThat(lines.list).isNotEmpty();
        assertThat(lines.list).noneMatch(line -> line.getFormattedMessage().contains(KEY));
    }

    @Test
    void aKeyFileThatCannotBeUsedIsOneClearLineWithoutTheKey() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty"), "# nothing\n");
        assertThatThrownBy(() -> ApiKeyFile.read(empty)).hasMessageContaining("0 keys");
        Path weak = Files.writeString(folder.resolve("weak"), "ok-key-1234\nshort\n");
        assertThatThrownBy(() -> ApiKeyFile.read(weak))
                .hasMessageContaining("line 2")
                .hasMessageNotContaining("short");
        assertThatThrownBy(() -> ApiKeyFile.read(folder.resolve("missing"))).hasMessageContaining("cannot read");
    }
}
