package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of bodies, headers, methods and time, each with an error in OpenAI's form. */
final class HttpLimitsTest {
    private static TestServer server;

    @BeforeAll
    static void start() {
        HttpSettings settings = Settings.with(HttpSettings.defaults(), "requestBytesMax", 4096);
        settings = Settings.with(settings, "headerBytesMax", 8192);
        server = TestServer.with().settings(settings).start();
    }

    @AfterAll
    static void stop() {
        server.awaitIdle();
        server.close();
    }

    private static String ask(String raw) throws IOException {
        try (RawClient client = new RawClient(server)) {
            return client.send(raw).readUntil("\"code\":\"") + client.readUntil("\"");
        }
    }

    @Test
    void aBodyOverTheLimitIsRefusedBeforeItIsRead() throws IOException {
        String answer = ask(RawClient.headOfCompletion("Content-Length: 999999999"));
        assertThat(answer)
                .startsWith("HTTP/1.1 413")
                .contains("999999999 bytes; the limit is 4096 bytes", "input_too_large");
    }

    @Test
    void aChunkedBodyOverTheLimitIsRefused() throws IOException {
        String chunk = "800\r\n" + " ".repeat(0x800) + "\r\n";
        String answer = ask(RawClient.headOfCompletion("Transfer-Encoding: chunked") + chunk.repeat(3));
        assertThat(answer).startsWith("HTTP/1.1 413").contains("input_too_large");
    }

    @Test
    void headersOverTheLimitAre431() throws IOException {
        String answer = ask("GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "y".repeat(10_000) + "\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 431").contains("headers_too_large", "invalid_request_error");
    }

    @Test
    void aUriOverTheLimitIs414() throws IOException {
        String answer = ask("GET /" + "y".repeat(10_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 414").contains("uri_too_long");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "application/json; charset=utf-16",
                "application/jsonp"
            })
    void aBodyThatDoesNotSayItIsJsonIs415(String type) {
        TestServer.Answered answer = server.send(server.request("/v1/completions")
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build());
        assertThat(answer.status()).isEqualTo(415);
        assertThat(answer.error().path("code").asText()).isEqualTo("unsupported_media_type");
    }

    @Test
    void aCompressedBodyIs415() {
        TestServer.Answered answer = server.send(server.request("/v1/completions")
                .header("Content-Type", "application/json")
                .header("Content-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build());
        assertThat(answer.status()).isEqualTo(415);
    }

    @ParameterizedTest
    @CsvSource({
        "DELETE,/v1/models,'GET, HEAD'",
        "GET,/v1/chat/completions,POST",
        "GET,/v1/chat/completions/,POST",
        "PUT,/v1/completions,POST",
        "POST,/v1/models/some/id,'GET, HEAD'",
        "OPTIONS,/tokenize,POST",
        "PATCH,/health,'GET, HEAD'"
    })
    void anotherMethodIs405WithThoseThatAreAllowed(String method, String path, String allowed) {
        TestServer.Answered answer = server.send(server.request(path)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build());
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("Allow")).isEqualTo(allowed);
        assertThat(answer.error().path("code").asText()).isEqualTo("method_not_allowed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1", "/v1/", "/v2/models", "/favicon.ico", "/..%2f..%2fetc/passwd"})
    void anUnknownPathIsA404InJson(String path) {
        TestServer.Answered answer = server.get(path);
        assertThat(answer.status()).isIn(404, 400);
        assertThat(answer.error().path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(answer.header("X-Request-Id")).startsWith("req-");
    }

    @Test
    void embeddingsSayThatTheyComeLater() {
        TestServer.Answered answer = server.post("/v1/embeddings", "{}");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.error().path("message").asText()).contains("later version");
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "A-b_c.9", "x"})
    void aSaneRequestIdIsEchoed(String id) {
        assertThat(server.send(server.request("/health")
                                .header("X-Request-Id", id)
                                .build())
                        .header("X-Request-Id"))
                .isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a;b", "ä", "\"", "<script>"})
    void anInsaneRequestIdIsReplaced(String id) throws IOException {
        try (RawClient client = new RawClient(server)) {
            client.send("GET /health HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: " + id + "\r\n\r\n");
            assertThat(client.readUntil("ok")).contains("X-Request-Id: req-").doesNotContain(id + "\r");
        }
    }

    @Test
    void aRequestIdThatIsTooLongIsReplaced() {
        HttpRequest request = server.request("/health")
                .header("X-Request-Id", "x".repeat(129))
                .build();
        assertThat(server.send(request).header("X-Request-Id")).startsWith("req-");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "",
                "[]",
                "null",
                "\"x\"",
                "{} {}",
                "{}x",
                "{\"a\":1,\"a\":2}",
                "{'a':1}",
                "{\"a\":NaN}",
                "{\"a\":01}",
                "{\"a\":1,}",
                "// x\n{}"
            })
    void aBodyThatIsNotOneJsonObjectIsRefusedWithThePlaceOfTheFault(String body) {
        TestServer.Answered answer = server.post("/v1/chat/completions", body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().path("code").asText()).isEqualTo("invalid_json");
    }

    @Test
    void deepJsonAndLongNumbersAreRefused() {
        String deep = "{\"model\":" + "[".repeat(1000) + "]".repeat(1000) + "}";
        assertThat(server.post("/v1/completions", deep).error().path("code").asText())
                .isEqualTo("invalid_json");
        String number = "{\"model\":" + "9".repeat(2000) + "}";
        assertThat(server.post("/v1/completions", number).error().path("code").asText())
                .isEqualTo("invalid_json");
    }

    @Test
    void aBodyThatWaitsForTheServersConsentGetsIt() throws IOException {
        try (RawClient client = new RawClient(server)) {
            String body = TestServer.completionBody(",\"prompt\":\"x\",\"max_tokens\":1");
            client.send(RawClient.post("/v1/completions", body, "Expect: 100-continue")
                    .replace(body, ""));
            client.readUntil("HTTP/1.1 100 Continue\r\n\r\n");
            client.send(body);
            assertThat(client.readUntil("cached_tokens")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void aLongTextIsTokenizedAsAShortOne() {
        HttpSettings settings = HttpSettings.defaults();
        try (TestServer wide =
                TestServer.with().settings(settings).contextTokensMax(100_000).start()) {
            int further = count(wide, 2) - count(wide, 1);
            assertThat(count(wide, 10_000)).isEqualTo(count(wide, 1) + 9_999 * further);
        }
    }

    private static int count(TestServer server, int times) {
        String text = "word. ".repeat(times);
        return server.post(
                        "/tokenize",
                        TestServer.completionBody(",\"prompt\":\"" + text + "\",\"add_special_tokens\":false"))
                .json()
                .path("count")
                .asInt();
    }

    @Test
    void noMoreConnectionsThanAllowedAreServedAtOnce() throws Exception {
        HttpSettings few = Settings.with(HttpSettings.defaults(), "connectionsMax", 4);
        List<RawClient> clients = new ArrayList<>();
        try (TestServer small = TestServer.with().settings(few).start()) {
            for (int i = 0; i < 5; i++) {
                clients.add(new RawClient(small));
            }
            RawClient fifth = clients.removeLast();
            String probe = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
            for (RawClient client : clients) {
                client.send(probe).readUntil("ok");
            }
            fifth.send(probe);
            fifth.socket().setSoTimeout(200);
            boolean answered = true;
            try {
                fifth.readUntil("ok");
            } catch (java.net.SocketTimeoutException e) {
                answered = false;
            }
            assertThat(answered).as("the fifth waits in the backlog").isFalse();
            clients.removeFirst().close();
            fifth.socket().setSoTimeout(10_000);
            fifth.readUntil("ok");
            fifth.close();
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }
}
