package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.carafe.server.admin.ChannelView;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CORS answers exactly the allowed origins. */
final class ChannelCorsTest {
    private static final String SHOP = "https://shop.example";
    private static final String BANK = "https://bank.example";
    private static final String ALLOWED = "Access-Control-Allow-Origin";

    @TempDir
    static Path data;

    private static DialectServer server;
    private static ChannelView shop;
    private static ChannelView bank;

    @BeforeAll
    static void start() {
        server = DialectServer.start(data);
        shop = server.channel("shop", List.of(SHOP, "https://www.shop.example"), null, null);
        bank = server.channel("bank", List.of(BANK), null, null);
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static TestServer.Answered preflight(String path, String origin) {
        return server.http()
                .send(server.request(path, null)
                        .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                        .header("Origin", origin)
                        .header("Access-Control-Request-Method", "POST")
                        .header("Access-Control-Request-Headers", "content-type,x-api-key")
                        .build());
    }

    private static TestServer.Answered history(ChannelView channel, String origin) {
        return history(String.valueOf(channel.key()), origin);
    }

    private static TestServer.Answered history(String key, String origin) {
        return server.http()
                .send(server.request("/v1/channels/history?sessionId=s", key)
                        .header("Origin", origin)
                        .GET()
                        .build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/channels/chat", "/v1/channels/history"})
    void aPreflightOfAnAllowedOriginIsAnswered(String path) {
        TestServer.Answered answer = preflight(path, SHOP);
        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.header(ALLOWED)).isEqualTo(SHOP);
        assertThat(answer.header("Vary")).isEqualTo("Origin");
        assertThat(answer.header("Access-Control-Allow-Headers"))
                .contains("X-API-Key", "Content-Type", "Authorization", "Idempotency-Key");
        assertThat(answer.header("Access-Control-Allow-Methods")).contains("POST", "GET");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "http://shop.example",
                "https://shop.example.evil",
                "https://shop.example:8443",
                "https://sub.shop.example",
                "HTTPS://SHOP.EXAMPLE.",
                "null"
            })
    void noOtherOriginIsAllowed(String origin) {
        TestServer.Answered preflight = preflight("/v1/channels/chat", origin);
        assertThat(preflight.status()).isEqualTo(403);
        assertThat(preflight.body()).isEqualTo("{\"error\":\"Origin not allowed\"}");
        assertThat(preflight.header(ALLOWED)).isEmpty();
        TestServer.Answered call = history(shop, origin);
        assertThat(call.status()).isEqualTo(403);
        assertThat(call.body()).isEqualTo("{\"error\":\"Origin not allowed\"}");
        assertThat(call.header(ALLOWED)).isEmpty();
        assertThat(call.header("Vary")).isEqualTo("Origin");
    }

    @Test
    void aKeyIsForItsOwnOriginsOnly() {
        TestServer.Answered own = history(shop, SHOP);
        assertThat(own.status()).isEqualTo(200);
        assertThat(own.header(ALLOWED)).isEqualTo(SHOP);
        TestServer.Answered other = history(bank, SHOP);
        assertThat(other.status()).isEqualTo(403);
        assertThat(other.header(ALLOWED)).isEmpty();
    }

    @Test
    void anAllowedPageCanReadItsErrors() {
        TestServer.Answered wrong = history("sk-ch-wrong", SHOP);
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.header(ALLOWED)).isEqualTo(SHOP);
        assertThat(wrong.header("Access-Control-Expose-Headers")).contains("Retry-After");
    }

    @Test
    void aCallWithoutAnOriginIsNoBrowsers() {
        TestServer.Answered answer = server.get("/v1/channels/history?sessionId=s", shop.key());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header(ALLOWED)).isEmpty();
    }

    @Test
    void aNewChannelsOriginIsAllowedWithinASecond() {
        String origin = "https://new.example";
        assertThat(preflight("/v1/channels/chat", origin).status()).isEqualTo(403);
        server.channel("new", List.of(origin), null, null);
        server.pass(Duration.ofSeconds(1));
        assertThat(preflight("/v1/channels/chat", origin).status()).isEqualTo(204);
    }

    @Test
    void otherRoutesAnswerNoOrigin() {
        TestServer.Answered answer = server.http()
                .send(server.http()
                        .request("/health")
                        .header("Origin", SHOP)
                        .GET()
                        .build());
        assertThat(answer.header(ALLOWED)).isEmpty();
    }
}
