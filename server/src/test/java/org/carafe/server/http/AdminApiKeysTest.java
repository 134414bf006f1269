package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.adminapi.AdminRoute;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys that the admin API makes, and the one that it asks for: nothing is done without it, and what is done is told under it. */
final class AdminApiKeysTest {
    @AutoClose
    private static AdminServer admin;

    @BeforeAll
    static void start(@TempDir Path data) {
        admin = new AdminServer(data);
    }

    @Test
    void aKeyIsShownOnceWorksAndIsRevoked() {
        admin.account("owner");
        TestServer.Answered made = admin.post(
                "accounts/owner/keys",
                "{\"name\":\"web\",\"models\":[\"carafe/demo\"],\"budget\":5,\"expires_at\":\"2099-01-01T00:00:00Z\"}",
                "Idempotency-Key",
                "key-1");
        String secret = made.json().path("key").textValue();
        String id = made.json().path("id").textValue();
        assertThat(secret).matches("sk-[0-9A-Za-z]{43}");
        assertThat(admin.post(
                                "accounts/owner/keys",
                                "{\"name\":\"web\",\"models\":[\"carafe/demo\"],\"budget\":5,\"expires_at\":\"2099-01-01T00:00:00Z\"}",
                                "Idempotency-Key",
                                "key-1")
                        .body())
                .isEqualTo(made.body());
        assertThat(admin.get("keys/" + id).body()).doesNotContain(secret);
        assertThat(admin.get("accounts/owner/keys").json().path("data")).hasSize(1);
        assertThat(admin.models(secret)).isEqualTo(200);

        String successor = admin.post("keys/" + id + "/rotate", "{\"grace_seconds\":0}")
                .json()
                .path("key")
                .textValue();
        assertThat(admin.models(secret)).isIn(401, 403);
        assertThat(admin.models(successor)).isEqualTo(200);
        String successorId = admin.get("keys/" + id).json().path("replaced_by").textValue();
        assertThat(admin.post("keys/" + successorId + "/revoke", "")
                        .json()
                        .path("status")
                        .textValue())
                .isEqualTo("revoked");
        assertThat(admin.models(successor)).isEqualTo(403);
    }

    @Test
    void everyActIsInTheAuditLogUnderTheKeyThatDidIt() {
        admin.account("audited");
        JsonNode entry = admin.get("audit?limit=50").json().path("data").path(0);
        assertThat(entry.path("act").textValue()).isEqualTo("accounts.create");
        assertThat(entry.path("subject").textValue()).isEqualTo("audited");
        String keyId = admin.get("management-keys").json().at("/data/0/id").textValue();
        assertThat(entry.path("actor").textValue()).isEqualTo(keyId);
        assertThat(admin.get("usage?by=account").json().path("data").isArray()).isTrue();
        assertThat(admin.get("usage?by=key&format=csv").body())
                .isEqualTo(
                        "key,name,account,requests,prompt_tokens,cached_tokens,completion_tokens,tokens,credits\r\n");
    }

    @ParameterizedTest
    @EnumSource(AdminRoute.class)
    void everyRouteIsClosedToWhoHasNoManagementKey(AdminRoute route) {
        admin.account("closed-" + route);
        String inference = String.valueOf(admin.acts
                .keys()
                .create("test", "closed-" + route, KeySettings.named("k"), null)
                .key());
        String path = route.path().replaceAll("[{<][a-z]+[}>]", "x");
        JsonNode before = admin.get("audit?limit=1").json();
        assertThat(admin.raw(route.method(), path).status()).isEqualTo(401);
        assertThat(admin.raw(route.method(), path, "Authorization", "Bearer sk-admin-" + "x".repeat(43))
                        .status())
                .isEqualTo(401);
        TestServer.Answered refused = admin.raw(route.method(), path, "Authorization", "Bearer " + inference);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.error().path("code").textValue()).isEqualTo("wrong_key_kind");
        assertThat(admin.raw(
                                route.method(),
                                path,
                                "Authorization",
                                "Bearer " + admin.key,
                                "Origin",
                                "https://elsewhere.example")
                        .status())
                .as("from a page of another origin")
                .isEqualTo(403);
        assertThat(admin.get("audit?limit=1").json()).isEqualTo(before);
    }

    @Test
    void aManagementKeyCannotInfer() {
        TestServer.Answered answered = admin.server.send(admin.server
                .request("/v1/chat/completions")
                .header("Authorization", "Bearer " + admin.key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(TestServer.chatBody("")))
                .build());
        assertThat(answered.status()).isEqualTo(403);
    }
}
