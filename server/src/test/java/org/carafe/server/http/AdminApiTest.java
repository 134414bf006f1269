package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.adminapi.AdminRoute;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class AdminApiTest {
    @TempDir
    private static Path data;

    private static AdminServer admin;

    @BeforeAll
    static void start() {
        admin = new AdminServer(data);
    }

    @AfterAll
    static void stop() {
        admin.close();
    }

    @Test
    void anAccountIsMadeShownChangedAndListed() {
        TestServer.Answered made = admin.post(
                "accounts",
                "{\"name\":\"acme & sons/è\",\"error_style\":\"flat\",\"monthly_credits\":100,\"low_balance\":\"0.000001\","
                        + "\"limits\":{\"requests_per_minute\":5},\"metadata\":{\"team\":\"blue\"}}");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.header("Cache-Control")).isEqualTo("no-store");
        String path = "accounts/acme%20%26%20sons%2F%C3%A8";
        JsonNode shown = admin.get(path).json();
        assertThat(shown).isEqualTo(made.json());
        assertThat(shown.path("name").textValue()).isEqualTo("acme & sons/è");
        assertThat(shown.path("error_style").textValue()).isEqualTo("flat");
        assertThat(shown.at("/monthly/credits").intValue()).isEqualTo(100);
        assertThat(shown.path("low_balance").decimalValue()).isEqualByComparingTo("0.000001");

        JsonNode changed = admin.ask(
                        "PATCH", path, "{\"limits\":{\"tokens_per_day\":9},\"monthly_credits\":null,\"metadata\":{}}")
                .json();
        assertThat(changed.path("monthly").isNull()).isTrue();
        assertThat(changed.at("/limits/requests_per_minute").intValue())
                .as("not named: as before")
                .isEqualTo(5);
        assertThat(changed.at("/limits/tokens_per_day").intValue()).isEqualTo(9);
        assertThat(changed.path("error_style").textValue()).isEqualTo("flat");
        assertThat(changed.path("metadata")).isEmpty();

        assertThat(admin.post("accounts", "{\"name\":\"acme & sons/è\"}").status())
                .isEqualTo(409);
        assertThat(admin.post(path + "/disable", "").json().path("disabled").booleanValue())
                .isTrue();
        assertThat(admin.post(path + "/enable", "{}").json().path("disabled").booleanValue())
                .isFalse();
    }

    @Test
    void listsComeInPagesThatMissNothing() {
        for (int i = 0; i < 7; i++) {
            assertThat(admin.post("plans", "{\"name\":\"page-" + i + "\",\"daily_credits\":" + i + "}")
                            .status())
                    .isEqualTo(201);
        }
        List<String> names = new ArrayList<>();
        String cursor = "page-";
        int pages = 0;
        while (cursor != null) {
            JsonNode page = admin.get("plans?limit=3&after=" + cursor).json();
            assertThat(page.path("data").size()).isLessThanOrEqualTo(3);
            page.path("data").forEach(plan -> names.add(plan.path("name").textValue()));
            cursor = page.path("next_cursor").textValue();
            pages++;
        }
        assertThat(names).containsExactly("page-0", "page-1", "page-2", "page-3", "page-4", "page-5", "page-6");
        assertThat(pages).isEqualTo(3);
        assertThat(admin.get("plans/page-3").json().path("daily_credits").intValue())
                .isEqualTo(3);
        assertThat(admin.ask("PATCH", "plans/page-3", "{\"daily_credits\":4}")
                        .json()
                        .path("daily_credits")
                        .intValue())
                .isEqualTo(4);
    }

    @Test
    void aTopUpWithAKeyHappensOnceAndAnotherBodyIsAConflict() {
        account("payer");
        String body = "{\"credits\":12.5,\"reason\":\"invoice 7\"}";
        TestServer.Answered first = admin.post("accounts/payer/top-ups", body, "Idempotency-Key", "pay-7");
        TestServer.Answered again = admin.post("accounts/payer/top-ups", body, "Idempotency-Key", "pay-7");
        assertThat(first.status()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(balance("payer")).isEqualTo("12.5");
        TestServer.Answered other =
                admin.post("accounts/payer/top-ups", body.replace("12.5", "12.6"), "Idempotency-Key", "pay-7");
        assertThat(other.status()).isEqualTo(409);
        assertThat(balance("payer")).isEqualTo("12.5");
        assertThat(admin.post("accounts/payer/top-ups", body, "Idempotency-Key", "a b")
                        .status())
                .isEqualTo(400);

        String id = first.json().path("id").textValue();
        assertThat(admin.post("transactions/" + id + "/reversal", "{\"reason\":\"wrong account\"}")
                        .status())
                .isEqualTo(201);
        assertThat(balance("payer")).isEqualTo("0");
        assertThat(admin.post("transactions/" + id + "/reversal", "{\"reason\":\"again\"}")
                        .status())
                .isEqualTo(409);
        assertThat(admin.post("accounts/payer/adjustments", "{\"credits\":-1,\"reason\":\"none\"}")
                        .status())
                .isEqualTo(409);
    }

    @Test
    void aStatementIsJsonOrCsv() {
        account("statement");
        admin.post("accounts/statement/top-ups", "{\"credits\":3,\"reason\":\"=HYPERLINK(\\\"x\\\"), yes\"}");
        admin.post("accounts/statement/adjustments", "{\"credits\":-1.25,\"reason\":\"fee\"}");
        account("tiny");
        admin.post("accounts/tiny/top-ups", "{\"credits\":0.000003,\"reason\":\"r\"}");
        admin.post("accounts/tiny/top-ups", "{\"credits\":\"123456789012.123456\",\"reason\":\"r\"}");
        assertThat(admin.get("accounts/tiny/statement?format=csv").body())
                .as("every digit")
                .contains(",0.000003,", ",123456789012.123456,");
        JsonNode page = admin.get("accounts/statement/statement").json();
        assertThat(page.path("data")).hasSize(2);
        assertThat(page.at("/data/0/amount").decimalValue()).isEqualByComparingTo("-1.25");
        TestServer.Answered csv = admin.get("accounts/statement/statement", "Accept", "text/csv");
        assertThat(csv.header("Content-Type")).startsWith("text/csv");
        assertThat(csv.body().lines().toList()).hasSize(3);
        assertThat(csv.body())
                .startsWith("id,at,kind,fund,amount,reverses,reason,actor\r\n")
                .contains(",-1.25,,fee,")
                .as("a formula is text")
                .contains("\"'=HYPERLINK(\"\"x\"\"), yes\"");
        TestServer.Answered cut = admin.get("accounts/statement/statement?format=csv&limit=1");
        assertThat(cut.header("X-Next-Cursor")).isNotEmpty();
        assertThat(admin.get("accounts/statement/statement?format=csv&limit=1&after=" + cut.header("X-Next-Cursor"))
                        .body())
                .contains("top_up");
    }

    @Test
    void aKeyIsShownOnceWorksAndIsRevoked() {
        account("owner");
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
        assertThat(models(secret)).isEqualTo(200);

        String successor = admin.post("keys/" + id + "/rotate", "{\"grace_seconds\":0}")
                .json()
                .path("key")
                .textValue();
        assertThat(models(secret)).isIn(401, 403);
        assertThat(models(successor)).isEqualTo(200);
        String successorId = admin.get("keys/" + id).json().path("replaced_by").textValue();
        assertThat(admin.post("keys/" + successorId + "/revoke", "")
                        .json()
                        .path("status")
                        .textValue())
                .isEqualTo("revoked");
        assertThat(models(successor)).isEqualTo(403);
    }

    @Test
    void pricesAssistantsAndChannels() {
        account("site");
        assertThat(admin.post("prices", "{\"model\":\"org/m 1\",\"prompt\":1,\"completion\":2.5}")
                        .status())
                .isEqualTo(201);
        admin.post("prices", "{\"model\":\"org/m 1\",\"prompt\":2,\"completion\":3,\"cached_prompt\":0.5}");
        JsonNode history = admin.get("prices/org/m%201").json().path("data");
        assertThat(history).hasSize(2);
        assertThat(history.path(0).path("cached_prompt").decimalValue()).isEqualByComparingTo("0.5");
        assertThat(admin.get("prices").json().path("data")).isNotEmpty();

        assertThat(admin.post(
                                "assistants",
                                "{\"name\":\"helper\",\"model\":\"carafe/demo\",\"system_prompt\":\"Be kind.\",\"sampling\":{\"temperature\":0.5}}")
                        .status())
                .isEqualTo(201);
        JsonNode changed = admin.ask("PATCH", "assistants/helper", "{\"system_prompt\":\"Be brief.\"}")
                .json();
        assertThat(changed.path("system_prompt").textValue()).isEqualTo("Be brief.");
        assertThat(changed.at("/sampling/temperature").doubleValue()).isEqualTo(0.5);
        assertThat(admin.ask("DELETE", "assistants/helper", null).status()).isEqualTo(200);
        assertThat(admin.get("assistants/helper").status()).isEqualTo(404);

        JsonNode channel = admin.post(
                        "channels",
                        "{\"name\":\"shop\",\"account\":\"site\",\"model\":\"carafe/demo\",\"origins\":[\"https://shop.example\"],\"daily_quota\":10}")
                .json();
        String id = channel.path("id").textValue();
        assertThat(channel.path("key").textValue()).startsWith("sk-ch-");
        assertThat(admin.get("channels/" + id).json().path("key")).isEqualTo(channel.path("key"));
        assertThat(admin.get("channels?account=site").body())
                .doesNotContain(channel.path("key").textValue());
        assertThat(admin.post("channels/" + id + "/disable", "")
                        .json()
                        .path("enabled")
                        .booleanValue())
                .isFalse();
        assertThat(admin.post("channels/" + id + "/enable", "")
                        .json()
                        .path("enabled")
                        .booleanValue())
                .isTrue();
        assertThat(admin.post("channels/" + id + "/rotate-key", "{\"grace_seconds\":0}")
                        .json()
                        .path("key"))
                .isNotEqualTo(channel.path("key"));
    }

    @Test
    void everyActIsInTheAuditLogUnderTheKeyThatDidIt() {
        account("audited");
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
    @CsvSource(
            delimiter = '|',
            value = {
                "POST  | accounts           | {\"name\":\"a\",\"colour\":1}       | 400 | colour",
                "POST  | accounts           | {\"name\":1}                        | 400 | name",
                "POST  | accounts           | {}                                  | 400 | name",
                "POST  | accounts           | {\"name\":\"a\",\"limits\":{\"rpm\":1}} | 400 | limits.rpm",
                "POST  | accounts           | {\"name\":\" a\"}                   | 400 | blanks",
                "POST  | accounts           | {\"name\":\"a\",\"plan\":\"gold\"}  | 400 | gold",
                "POST  | accounts           | {\"name\":\"a\",\"monthly_credits\":-1}  | 400 | Monthly credits",
                "POST  | accounts           | {\"name\":\"a\",\"monthly_credits\":0.0000001} | 400 | 6 decimals",
                "POST  | accounts           | {\"name\":\"a\",\"monthly_credits\":123456789.1234567} | 400 | string",
                "POST  | accounts           | {\"name\":\"a\",\"monthly_credits\":true} | 400 | number of credits",
                "POST  | accounts           | {\"name\":\"a\"                     | 400 | JSON",
                "POST  | accounts/nobody/top-ups | {\"credits\":1,\"reason\":\"r\"} | 404 | nobody",
                "POST  | accounts/nobody/top-ups | {\"credits\":0,\"reason\":\"r\"} | 400 | more than 0",
                "PATCH | accounts/nobody    | {}                                  | 404 | nobody",
                "POST  | transactions/x/reversal | {\"reason\":\"r\"}             | 400 | number",
                "POST  | keys/key_none/revoke | {}                                | 404 | key_none",
                "POST  | keys/key_none/rotate | {\"grace_seconds\":-1}            | 400 | grace_seconds",
                "POST  | prices             | {\"model\":\"m\",\"prompt\":1}      | 400 | completion",
                "POST  | assistants         | {\"name\":\"a\",\"model\":\"m\",\"sampling\":{\"temperature\":\"hot\"}} | 400 | sampling.temperature",
                "POST  | channels           | {\"name\":\"c\",\"account\":\"nobody\",\"model\":\"m\"} | 400 | nobody",
            })
    void aWrongBodyIsNamedAndChangesNothing(String method, String path, String body, int status, String named) {
        JsonNode before = admin.get("audit?limit=1").json();
        TestServer.Answered answered = admin.ask(method, path, body);
        assertThat(answered.status()).as(answered.body()).isEqualTo(status);
        assertThat(answered.error().path("message").textValue()
                        + answered.error().path("param"))
                .contains(named);
        assertThat(admin.get("audit?limit=1").json()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({
        "accounts?limit=0",
        "accounts?limit=1001",
        "accounts?limit=x",
        "accounts?limt=5",
        "usage?by=moon",
        "usage?from=yesterday",
        "usage?from=2026-02-01&to=2026-01-01",
        "usage?format=xml",
        "usage?by=day&by=key",
        "audit?after=x",
        "accounts/none/statement?after=1.2.%2e%2e"
    })
    void aWrongQueryIsRefused(String path) {
        assertThat(admin.get(path).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @EnumSource(AdminRoute.class)
    void everyRouteIsClosedToWhoHasNoManagementKey(AdminRoute route) {
        account("closed-" + route);
        String inference = String.valueOf(admin.acts
                .keys()
                .create("test", "closed-" + route, KeySettings.named("k"), null)
                .key());
        String path = route.path().replaceAll("[{<][a-z]+[}>]", "x");
        JsonNode before = admin.get("audit?limit=1").json();
        assertThat(raw(route.method(), path).status()).isEqualTo(401);
        assertThat(raw(route.method(), path, "Authorization", "Bearer sk-admin-" + "x".repeat(43))
                        .status())
                .isEqualTo(401);
        TestServer.Answered refused = raw(route.method(), path, "Authorization", "Bearer " + inference);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.error().path("code").textValue()).isEqualTo("wrong_key_kind");
        assertThat(raw(
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

    @ParameterizedTest
    @CsvSource({"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"})
    void whatAFormCanSendIsNotRead(String type) {
        TestServer.Answered answered =
                raw("POST", "/admin/v1/accounts", "Authorization", "Bearer " + admin.key, "Content-Type", type);
        assertThat(answered.status()).isEqualTo(415);
    }

    @Test
    void aMethodThatARouteLacksIsNamedWithThoseItHas() {
        TestServer.Answered answered = admin.ask("DELETE", "accounts/x", null);
        assertThat(answered.status()).isEqualTo(405);
        assertThat(answered.header("Allow")).isEqualTo("GET, HEAD, PATCH");
    }

    @Test
    void whatIsInjectedIsAName() {
        String name = "x'); drop table account; --";
        assertThat(admin.post("accounts", "{\"name\":\"" + name + "\",\"metadata\":{\"a\":\"' or 1=1\"}}")
                        .status())
                .isEqualTo(201);
        assertThat(admin.get("accounts/x')%3B%20drop%20table%20account%3B%20--")
                        .json()
                        .path("name")
                        .textValue())
                .isEqualTo(name);
        assertThat(admin.get("accounts?after=%27%20or%201%3D1").status()).isEqualTo(200);
        assertThat(admin.get("keys/..%2F..%2Fetc%2Fpasswd").status()).isIn(400, 404);
    }

    private static TestServer.Answered raw(String method, String path, String... headers) {
        HttpRequest.Builder request = admin.server.request(path);
        if (headers.length > 0) {
            request.headers(headers);
        }
        boolean typed = List.of(headers).contains("Content-Type");
        return admin.server.send(request.method(
                        method,
                        typed ? HttpRequest.BodyPublishers.ofString("name=x") : HttpRequest.BodyPublishers.noBody())
                .build());
    }

    private static void account(String name) {
        assertThat(admin.post("accounts", "{\"name\":\"" + name + "\"}").status())
                .isEqualTo(201);
    }

    private static String balance(String name) {
        return admin.get("accounts/" + name)
                .json()
                .path("balance")
                .decimalValue()
                .toPlainString();
    }

    private static int models(String key) {
        return raw("GET", "/v1/models", "Authorization", "Bearer " + key).status();
    }
}
