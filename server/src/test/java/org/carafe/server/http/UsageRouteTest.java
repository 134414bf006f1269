package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.Limits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code GET /v1/usage}. */
final class UsageRouteTest {
    @TempDir
    static Path sharedData;

    private static DialectServer shared;
    private static String sharedKey;

    @TempDir
    Path data;

    @BeforeAll
    static void start() {
        shared = DialectServer.start(sharedData);
        sharedKey = shared.key(null, KeyScope.ALL, LedgerServer.UNLIMITED);
    }

    @AfterAll
    static void close() {
        shared.close();
    }

    private static long chat(DialectServer server, String key) {
        JsonNode usage = server.post("/v1/chat/completions", key, TestServer.chatBody(",\"max_tokens\":5"))
                .json()
                .path("usage");
        return usage.path("prompt_tokens").longValue()
                + usage.path("completion_tokens").longValue();
    }

    private static BigDecimal credits(JsonNode node) {
        return node.decimalValue();
    }

    @Test
    void itTellsWhatAKeyAndItsAccountHaveUsedAndMayUse() {
        try (DialectServer server = DialectServer.start(data)) {
            String first = server.key(null, KeyScope.ALL, new Limits(7L, 50_000L, 90L, null, null));
            String second = server.key(null, KeyScope.ALL, LedgerServer.UNLIMITED);
            long before = chat(server, first);
            server.pass(Duration.ofDays(1));
            long today = chat(server, first);
            long others = chat(server, second);
            TestServer.Answered answer = server.get("/v1/usage", first);
            assertThat(answer.status()).isEqualTo(200);
            JsonNode json = answer.json();
            assertThat(json.path("account").textValue()).isEqualTo(DialectServer.ACCOUNT);
            assertThat(json.at("/usage/key/today/requests").intValue()).isEqualTo(1);
            assertThat(json.at("/usage/key/today/tokens").longValue()).isEqualTo(today);
            assertThat(json.at("/usage/key/month/requests").intValue()).isEqualTo(2);
            assertThat(json.at("/usage/key/total/tokens").longValue()).isEqualTo(before + today);
            assertThat(json.at("/usage/account/today/requests").intValue()).isEqualTo(2);
            assertThat(json.at("/usage/account/total/tokens").longValue()).isEqualTo(before + today + others);
            assertThat(json.at("/limits/key/requests_per_minute").intValue()).isEqualTo(7);
            assertThat(json.at("/limits/key/requests_per_day").intValue()).isEqualTo(90);
            // Reports equal the ledger, and money is not lost: balance and all that was used are what was paid in.
            assertThat(credits(json.path("balance")).add(credits(json.at("/usage/account/total/credits"))))
                    .isEqualByComparingTo("1000");
            assertThat(json.has("data")).isFalse();
            server.pass(Duration.ofDays(15));
            JsonNode later = server.get("/v1/usage", first).json();
            assertThat(later.at("/usage/key/month/requests").intValue()).isZero();
            assertThat(later.at("/usage/key/total/requests").intValue()).isEqualTo(2);
        }
    }

    @Test
    void todayIsTodayAfterAClockThatWasAhead() {
        try (DialectServer server = DialectServer.start(data)) {
            String key = server.key(null, KeyScope.ALL, LedgerServer.UNLIMITED);
            String other = server.key(null, KeyScope.ALL, LedgerServer.UNLIMITED);
            long before = chat(server, key);
            server.pass(Duration.ofDays(40));
            chat(server, key);
            chat(server, key);
            server.pass(Duration.ofDays(-40));
            long after = chat(server, key);
            long others = chat(server, other);
            JsonNode usage = server.get("/v1/usage", key).json().path("usage");
            for (String period : List.of("today", "month")) {
                assertThat(usage.at("/key/" + period + "/requests").intValue()).isEqualTo(2);
                assertThat(usage.at("/key/" + period + "/tokens").longValue()).isEqualTo(before + after);
                assertThat(usage.at("/account/" + period + "/tokens").longValue())
                        .isEqualTo(before + after + others);
            }
            assertThat(usage.at("/key/total/requests").intValue()).isEqualTo(4);
            JsonNode days = server.get("/v1/usage?group_by=day&from=2026-11-21&to=2026-11-21", key)
                    .json();
            assertThat(days.at("/data/0/credits")).isEqualTo(usage.at("/account/today/credits"));
            server.pass(Duration.ofDays(1));
            JsonNode tomorrow = server.get("/v1/usage", key).json().path("usage");
            assertThat(tomorrow.at("/key/today/requests").intValue()).isZero();
            assertThat(tomorrow.at("/key/month/requests").intValue()).isEqualTo(2);
        }
    }

    @Test
    void aBreakdownIsByDayModelOrKey() {
        try (DialectServer server = DialectServer.start(data)) {
            String first = server.key(null, KeyScope.ALL, LedgerServer.UNLIMITED);
            String second = server.key(null, KeyScope.ALL, LedgerServer.UNLIMITED);
            chat(server, first);
            server.pass(Duration.ofDays(1));
            chat(server, first);
            chat(server, second);
            JsonNode days = server.get("/v1/usage?group_by=day", first).json();
            assertThat(days.path("from").textValue()).isEqualTo("2026-11-01");
            assertThat(days.path("to").textValue()).isEqualTo("2026-11-22");
            assertThat(days.path("data").findValuesAsText("day")).containsExactly("2026-11-21", "2026-11-22");
            assertThat(days.path("data").findValuesAsText("requests")).containsExactly("1", "2");
            JsonNode keys = server.get("/v1/usage?group_by=key&from=2026-11-22&to=2026-11-22", first)
                    .json();
            assertThat(keys.path("data")).hasSize(2);
            JsonNode models = server.get("/v1/usage?group_by=model", first).json();
            assertThat(models.at("/data/0/model").textValue()).isEqualTo(TestServer.MODEL);
            assertThat(models.at("/data/0/requests").intValue()).isEqualTo(3);
            assertThat(credits(models.at("/data/0/credits")))
                    .isEqualByComparingTo(credits(models.at("/usage/account/total/credits")));
            assertThat(server.get("/v1/usage?from=2026-11-22", first).json().path("data"))
                    .as("by day, if days are all that is said")
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "from=yesterday",
                "from=2026-13-01",
                "group_by=account",
                "from=2026-11-22&to=2026-11-21",
                "form=2026-11-22",
                "from=-999999999-01-01",
                "group_by=%27%3Bdrop"
            })
    void whatCannotBeIsA422(String query) {
        TestServer.Answered answer = shared.get("/v1/usage?" + query, sharedKey);
        assertThat(answer.status()).as(answer.body()).isEqualTo(422);
        assertThat(answer.error().path("type").textValue()).isEqualTo("invalid_request");
    }

    @Test
    void itIsFreeAndNeedsAKey() {
        String poor = shared.key(null, KeyScope.ALL, new Limits(1L, 1L, 1L, 1L, 1L));
        for (int i = 0; i < 5; i++) {
            TestServer.Answered answer = shared.get("/v1/usage", poor);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("X-RateLimit-Remaining-Requests")).isEqualTo("1");
        }
        assertThat(shared.get("/v1/usage", null).status()).isEqualTo(401);
    }
}
