package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.carafe.server.accounts.AssistantSettings;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.admin.NewChannel;
import org.junit.jupiter.api.Test;

/** Nobody infers without a key, and no key outlives its revocation. */
final class LedgerKeyLawsTest extends LedgerLaws {
    @Test
    void law9EveryInferenceRouteIsMetered() {
        List<Routes> metered = new ArrayList<>();
        for (Routes route : Routes.values()) {
            switch (route.metering()) {
                case METERED -> metered.add(route);
                case COUNTED, FREE_WITH_KEY, ADMIN -> assertAsksForAKey(route);
                case OPEN ->
                    assertThat(route.path().startsWith("/v1/")
                                    && !route.method().equals("OPTIONS"))
                            .as(route.name())
                            .isFalse();
            }
        }
        metered.forEach(this::assertAsksForAKey);
        ledger.account("a", MANY_MICROS);
        long rows = 0;
        for (Routes route : metered) {
            assertThat(charged(route).status()).as(route.name()).isEqualTo(200);
            assertThat(ledger.number("select count(*) from request"))
                    .as(route.name())
                    .isEqualTo(++rows);
        }
    }

    /** A request of a metered route, with a key that it is for. */
    private TestServer.Answered charged(Routes route) {
        String key;
        String body;
        switch (route) {
            case CHAT -> {
                key = ledger.key("a", LedgerServer.UNLIMITED);
                body = TestServer.chatBody(tokens(3));
            }
            case COMPLETIONS -> {
                key = ledger.key("a", LedgerServer.UNLIMITED);
                body = TestServer.completionBody(",\"prompt\":\"Once\"" + tokens(3));
            }
            case SIMPLE_CHAT -> {
                AssistantSettings settings =
                        new AssistantSettings(TestServer.MODEL, null, null, Map.of("max_tokens", 3L));
                ledger.acts().assistants().create("test", "bot", settings);
                key = ledger.key(
                        "a", new KeySettings("k", KeyScope.ALL, LedgerServer.UNLIMITED, null, "bot", null, Map.of()));
                body = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
            }
            case CHANNEL_CHAT -> {
                NewChannel site = new NewChannel("site", "a", TestServer.MODEL, null, null, null, null);
                key = String.valueOf(
                        ledger.acts().channels().create("test", site).key());
                body = "{\"message\":\"Hello\",\"sessionId\":\"s\"}";
            }
            default -> throw new AssertionError("a metered route that this law does not try: " + route);
        }
        return ledger.server()
                .send(ledger.server()
                        .request(route.path())
                        .header("Content-Type", "application/json")
                        .header("Authorization", "Bearer " + key)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build());
    }

    private void assertAsksForAKey(Routes route) {
        HttpRequest request = ledger.server()
                .request(route.path().replaceAll("[<{][^>}]*[>}]", "x"))
                .header("Content-Type", "application/json")
                .method(route.method(), HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        assertThat(ledger.server().send(request).status()).as(route.name()).isEqualTo(401);
    }

    @Test
    void law11ARevokedKeyIsRefusedAtItsNextRequest() {
        ledger.account("a", MANY_MICROS);
        String key = ledger.key("a", LedgerServer.UNLIMITED);
        assertThat(chat(key, tokens(1)).status()).isEqualTo(200);
        String id = ledger.acts().keys().list("a", null, 10).getFirst().id();
        ledger.acts().keys().revoke("test", id);
        TestServer.Answered answer = chat(key, tokens(1));
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.error().path("code").asText()).isEqualTo("key_revoked");
        assertThat(ledger.number("select count(*) from request")).isEqualTo(1);
    }

    @Test
    void law11AKeyRevokedByAnotherProcessIsRefusedAtItsNextChargedRequest() {
        ledger.account("a", MANY_MICROS);
        String key = ledger.key("a", LedgerServer.UNLIMITED);
        assertThat(chat(key, tokens(1)).status()).isEqualTo(200);
        // Behind the server's back, as the shell does it.
        ledger.books().database().write(handle -> {
            handle.execute("update api_key set revoked_at = 1");
            return handle.execute("update settings_version set version = version + 1");
        });
        assertThat(chat(key, tokens(1)).status()).isEqualTo(403);
        HttpRequest free = ledger.server()
                .request("/v1/models")
                .header("Authorization", "Bearer " + key)
                .build();
        TestServer.eventually(
                "the poll notices", () -> ledger.server().send(free).status() == 403);
    }

    @Test
    void aKeyIsKnownFromItsDigestOnly() {
        ledger.account("a", MANY_MICROS);
        String key = ledger.key("a", KeySettings.named("n"));
        String secret = key.substring(12);
        List<String> texts = ledger.books()
                .database()
                .read(handle -> handle.select("select public_id || name || prefix from api_key")
                        .mapTo(String.class)
                        .list());
        assertThat(texts).isNotEmpty().noneMatch(text -> text.contains(secret));
        byte[] digest = ledger.books()
                .database()
                .read(handle -> handle.select("select digest from api_key where kind = 'inference'")
                        .mapTo(byte[].class)
                        .one());
        assertThat(digest).hasSize(32);
        assertThat(new String(digest, StandardCharsets.ISO_8859_1)).doesNotContain(secret);
    }
}
