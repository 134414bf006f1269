package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.accounts.AssistantSettings;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code POST /v1/chat} as the contract has it. */
final class SimpleChatTest {
    private static final String QUESTION = "{'messages':[{'role':'user','content':'What is your return policy?'}]}";
    private static final Map<String, Number> SAMPLING = Map.of("max_tokens", 6L, "seed", 4L, "temperature", 1.0);

    @TempDir
    static Path data;

    private static DialectServer server;
    private static String key;

    @BeforeAll
    static void start() {
        server = DialectServer.start(data);
        key = server.assistant("support-bot", null, SAMPLING);
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static long spentMicros(DialectServer on) {
        return on.ledger().number("select coalesce(sum(spent_micros), 0) from account_meter");
    }

    private static String streamed() {
        return QUESTION.substring(0, QUESTION.length() - 1) + ",'stream':true}";
    }

    @Test
    void theAnswerHasTheContractsFormAndNoOther() {
        TestServer.Answered answer = server.post("/v1/chat", key, QUESTION);
        assertThat(answer.status()).isEqualTo(200);
        JsonNode json = answer.json();
        assertThat(json.path("id").textValue()).matches("chat_[0-9a-f]{32}");
        String expected = "{\"id\":\"" + json.path("id").textValue()
                + "\",\"message\":{\"role\":\"assistant\",\"content\":"
                + json.at("/message/content") + "},\"usage\":{\"input_tokens\":"
                + json.at("/usage/input_tokens") + ",\"output_tokens\":6},\"model\":\"support-bot\"}";
        assertThat(json).isEqualTo(TestServer.parse(expected));
        assertThat(json.at("/usage/input_tokens").intValue()).isPositive();
        assertThat(answer.header("X-Request-Id")).isNotEmpty();
        assertThat(answer.header("X-RateLimit-Limit-Requests")).isNotEmpty();
    }

    @Test
    void aStreamsBytesAreTheContracts() {
        JsonNode whole = server.post("/v1/chat", key, QUESTION).json();
        TestServer.Answered stream = server.post("/v1/chat", key, streamed());
        assertThat(stream.header("Content-Type")).startsWith("text/event-stream");
        List<String> events = stream.events();
        StringBuilder text = new StringBuilder();
        for (String event : events.subList(0, events.size() - 2)) {
            JsonNode delta = TestServer.parse(event);
            text.append(delta.at("/delta/content").textValue());
            assertThat(event).startsWith("{\"delta\":{\"content\":\"").endsWith("\"}}");
            assertThat(delta.size() + delta.path("delta").size()).isEqualTo(2);
        }
        assertThat(text).hasToString(whole.at("/message/content").textValue());
        JsonNode usage = TestServer.parse(events.get(events.size() - 2));
        assertThat(events.get(events.size() - 2))
                .isEqualTo("{\"usage\":{\"input_tokens\":" + whole.at("/usage/input_tokens")
                        + ",\"output_tokens\":6},\"id\":\"" + usage.path("id").textValue()
                        + "\",\"model\":\"support-bot\"}");
        assertThat(usage.path("id").textValue()).matches("chat_[0-9a-f]{32}");
        assertThat(stream.body()).endsWith("}\n\ndata: [DONE]\n\n");
    }

    @Test
    void theModelIsGivenTheSystemPromptAndTheConversation() {
        String pirate = server.assistant("pirate", "You are a pirate.", SAMPLING);
        server.post(
                "/v1/chat",
                pirate,
                "{'messages':[{'role':'user','content':'Ahoy'},{'role':'assistant','content':'Arr'},"
                        + "{'role':'user','content':'Where to?'}]}");
        assertThat(server.lastPrompt()).containsSubsequence("You are a pirate.", "Ahoy", "Arr", "Where to?");
    }

    @Test
    void aChangedAssistantAnswersOtherwiseAtOnce() {
        String changed = server.assistant("changed", "Old.", SAMPLING);
        server.post("/v1/chat", changed, QUESTION);
        assertThat(server.lastPrompt()).contains("Old.");
        server.ledger()
                .acts()
                .assistants()
                .update(
                        "test",
                        "changed",
                        old -> new AssistantSettings(TestServer.MODEL, null, "New.", Map.of("max_tokens", 3L)));
        JsonNode answer = server.post("/v1/chat", changed, QUESTION).json();
        assertThat(answer.at("/usage/output_tokens").intValue()).isEqualTo(3);
        assertThat(server.lastPrompt()).contains("New.").doesNotContain("Old.");
    }

    @Test
    void whatWasUsedIsCharged() {
        long before = spentMicros(server);
        JsonNode usage = server.post("/v1/chat", key, QUESTION).json().path("usage");
        long cost = usage.path("input_tokens").longValue()
                + 2 * usage.path("output_tokens").longValue();
        assertThat(spentMicros(server) - before).isEqualTo(cost);
        assertThat(server.ledger().number("select sum(held_micros) from fund")).isZero();
    }

    private static void assertError(TestServer.Answered answer, int status, String type) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        JsonNode error = answer.error();
        assertThat(error.path("type").textValue()).isEqualTo(type);
        assertThat(error.path("message").textValue()).isNotEmpty();
        assertThat(error.path("request_id").textValue()).isEqualTo(answer.header("X-Request-Id"));
        assertThat(error.size()).isEqualTo(3);
        assertThat(answer.json().size()).isEqualTo(1);
    }

    @Test
    void errorsAreThoseOfTheContractsTable() {
        assertError(server.post("/v1/chat", null, QUESTION), 401, "invalid_api_key");
        assertError(server.post("/v1/chat", "sk-wrong", QUESTION), 401, "invalid_api_key");
        assertError(server.post("/v1/chat", key, "{'messages':[]}"), 422, "invalid_request");
        assertError(server.post("/v1/chat", key, "{"), 422, "invalid_request");
        assertError(
                server.post("/v1/chat", key, QUESTION.replaceFirst("\\{", "{'model':'x',")), 422, "invalid_request");
        String long1 = "word ".repeat(3_000);
        assertError(
                server.post("/v1/chat", key, "{'messages':[{'role':'user','content':'" + long1 + "'}]}"),
                413,
                "input_too_large");
        assertError(server.get("/v1/chat", key), 405, "method_not_allowed");
        assertError(server.get("/v1/documents/doc_none", key), 403, "route_not_allowed");
        KeyScope documents = new KeyScope(null, List.of("/v1/documents"), null, null);
        String grounding = server.key("support-bot", documents, LedgerServer.UNLIMITED);
        assertError(server.get("/v1/documents/doc_none", grounding), 404, "not_found");
        String other = server.key("support-bot", KeyScope.ALL, LedgerServer.UNLIMITED);
        String id = server.get("/v1/usage", other).json().path("key").textValue();
        server.ledger().acts().keys().revoke("test", id);
        assertError(server.post("/v1/chat", other, QUESTION), 403, "key_revoked");
    }

    @Test
    void limitsAndCreditsAreErrorsOfTheContractToo() {
        String slow = server.key("support-bot", KeyScope.ALL, new Limits(1L, null, null, null, null));
        assertThat(server.post("/v1/chat", slow, QUESTION).status()).isEqualTo(200);
        TestServer.Answered refused = server.post("/v1/chat", slow, QUESTION);
        assertError(refused, 429, "rate_limit_exceeded");
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isPositive();
        server.ledger().acts().accounts().create("test", "poor", AccountSettings.DEFAULTS);
        String poor = server.ledger()
                .key(
                        "poor",
                        new KeySettings(
                                "k", KeyScope.ALL, LedgerServer.UNLIMITED, null, "support-bot", null, Map.of()));
        assertError(server.post("/v1/chat", poor, QUESTION), 402, "budget_exceeded");
    }

    @Test
    void aKeyWithoutAnAssistantIsToldSo() {
        String unbound = server.key(null, KeyScope.ALL, LedgerServer.UNLIMITED);
        TestServer.Answered answer = server.post("/v1/chat", unbound, QUESTION);
        assertError(answer, 403, "wrong_key_kind");
        assertThat(answer.error().path("message").textValue()).contains("bound to no assistant");
    }

    @Test
    void aFailedRunnerIsTriedAgainOnceAndChargedOnce(@TempDir Path other) {
        try (DialectServer failing = new DialectServer(other, builder -> builder.failedStep(1))) {
            String own = failing.assistant("support-bot", null, SAMPLING);
            TestServer.Answered answer = failing.post("/v1/chat", own, QUESTION);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(spentMicros(failing))
                    .isEqualTo(answer.json().at("/usage/input_tokens").longValue() + 12);
        }
    }

    @Test
    void aRunnerThatFailsTwiceIsA502ThatCostsNothing() {
        long before = spentMicros(server);
        server.http().runner().fail(true);
        try {
            for (String body : List.of(QUESTION, streamed())) {
                assertError(server.post("/v1/chat", key, body), 502, "upstream_error");
            }
        } finally {
            server.http().runner().fail(false);
        }
        assertThat(spentMicros(server)).isEqualTo(before);
        assertThat(server.ledger().number("select sum(held_micros) from fund")).isZero();
        assertThat(server.post("/v1/chat", key, QUESTION).status()).isEqualTo(200);
    }

    @Test
    void aStreamThatFailsAfterItsFirstEventEndsWithAnErrorAndWithoutDone(@TempDir Path other) {
        try (DialectServer failing =
                new DialectServer(other, builder -> builder.failedStep(5).stepMicros(20_000))) {
            String own = failing.assistant("support-bot", null, Map.of("max_tokens", 12L));
            TestServer.Answered stream = failing.post("/v1/chat", own, streamed());
            assertThat(stream.status()).isEqualTo(200);
            JsonNode last = TestServer.parse(stream.events().getLast());
            assertThat(last.at("/error/type").textValue()).isEqualTo("upstream_error");
            assertThat(stream.body()).doesNotContain("[DONE]");
        }
    }
}
