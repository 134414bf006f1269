package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.admin.ChannelView;
import org.carafe.server.admin.NewChannel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /v1/channels} as the contract has it. */
final class ChannelChatTest {
    private static final String PATH = "/v1/channels/chat";
    private static final AtomicInteger NAMES = new AtomicInteger();

    @TempDir
    static Path data;

    private static DialectServer server;
    private static ChannelView site;

    @BeforeAll
    static void start() {
        server = DialectServer.start(data);
        site = channel(1_000_000L, null);
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static ChannelView channel(Long perMinute, Long perDay) {
        return server.channel("site" + NAMES.incrementAndGet(), null, perMinute, perDay);
    }

    private static String body(String session, String message) {
        return "{'message':'" + message + "','sessionId':'" + session + "'}";
    }

    private static TestServer.Answered say(String session, String message) {
        return server.post(PATH, site.key(), body(session, message));
    }

    private static JsonNode history(ChannelView channel, String session) {
        TestServer.Answered answer = server.get("/v1/channels/history?sessionId=" + session, channel.key());
        assertThat(answer.status()).isEqualTo(200);
        return answer.json();
    }

    @Test
    void aReplyHasTheContractsForm() {
        TestServer.Answered answer = say("form", "Hello");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("reply").textValue()).isNotEmpty();
        assertThat(answer.body()).startsWith("{\"reply\":\"").endsWith("\",\"sessionId\":\"form\"}");
        assertThat(answer.json().size()).isEqualTo(2);
    }

    @Test
    void theKeyMayComeAsXApiKeyToo() {
        TestServer.Answered answer = server.http()
                .send(server.request(PATH, null)
                        .header("X-API-Key", site.key())
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                body("x", "Hello").replace('\'', '"')))
                        .build());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(server.post(PATH + "?api_key=" + site.key(), null, body("x", "Hello"))
                        .body())
                .isEqualTo("{\"error\":\"Missing API key\"}");
    }

    @Test
    void theConversationIsRemembered() {
        String first = say("memory", "My name is Bob.").json().path("reply").textValue();
        say("memory", "Who am I?");
        assertThat(server.lastPrompt()).containsSubsequence("You sell shoes.", "My name is Bob.", "Who am I?");
        JsonNode messages = history(site, "memory").path("messages");
        assertThat(messages).hasSize(4);
        assertThat(messages.get(0).toString())
                .isEqualTo(
                        "{\"role\":\"user\",\"content\":\"My name is Bob.\",\"createdAt\":\"2026-11-21T10:00:00Z\"}");
        assertThat(messages.get(1).path("role").textValue()).isEqualTo("assistant");
        assertThat(messages.get(1).path("content").textValue()).isEqualTo(first);
        say("another", "Who am I?");
        assertThat(server.lastPrompt()).doesNotContain("Bob");
    }

    @Test
    void anotherChannelsSessionOfTheSameIdIsAnother() {
        say("shared", "A secret.");
        ChannelView other = channel(null, null);
        assertThat(history(other, "shared").path("messages")).isEmpty();
        server.post(PATH, other.key(), body("shared", "Hello"));
        assertThat(server.lastPrompt()).doesNotContain("A secret.");
    }

    @Test
    void anUnknownSessionHasNoMessages() {
        assertThat(server.get("/v1/channels/history?sessionId=never", site.key())
                        .body())
                .isEqualTo("{\"sessionId\":\"never\",\"messages\":[]}");
    }

    @Test
    void aSessionBeginsAfreshADayAfterItsLastMessage(@TempDir Path own) {
        try (DialectServer fresh = DialectServer.start(own)) {
            ChannelView channel = fresh.channel("site", null, null, null);
            fresh.post(PATH, channel.key(), body("s", "Long ago."));
            fresh.pass(Duration.ofHours(24).minusMillis(1));
            assertThat(fresh.get("/v1/channels/history?sessionId=s", channel.key())
                            .json()
                            .path("messages"))
                    .hasSize(2);
            fresh.pass(Duration.ofMillis(1));
            assertThat(fresh.get("/v1/channels/history?sessionId=s", channel.key())
                            .json()
                            .path("messages"))
                    .isEmpty();
            fresh.post(PATH, channel.key(), body("s", "Today."));
            assertThat(fresh.lastPrompt()).contains("Today.").doesNotContain("Long ago.");
        }
    }

    @Test
    void thePageIsGivenToTheModel() {
        server.post(
                PATH,
                site.key(),
                "{'message':'Which size?','sessionId':'page','context':{'url':'https://shop.example/boots','title':'Boots'}}");
        assertThat(server.lastPrompt()).containsSubsequence("https://shop.example/boots", "Which size?");
    }

    @Test
    void aStreamIsThatOfSimpleChatAndIsRememberedWhenItEnds() {
        TestServer.Answered stream =
                server.post(PATH, site.key(), "{'message':'Hello','sessionId':'stream','stream':true}");
        List<String> events = stream.events();
        StringBuilder reply = new StringBuilder();
        for (String event : events.subList(0, events.size() - 2)) {
            JsonNode content = TestServer.parse(event).at("/delta/content");
            assertThat(event).startsWith("{\"delta\":{\"content\":\"").endsWith("\"}}");
            reply.append(content.textValue());
        }
        assertThat(events.get(events.size() - 2))
                .matches(
                        "\\{\"usage\":\\{\"input_tokens\":\\d+,\"output_tokens\":\\d+},\"id\":\"chat_[0-9a-f]{32}\",\"model\":\""
                                + site.name() + "\"}");
        assertThat(events.getLast()).isEqualTo("[DONE]");
        assertThat(history(site, "stream").at("/messages/1/content").textValue())
                .isEqualTo(reply.toString());
    }

    @Test
    void whatWasNotAnsweredIsNotRemembered() {
        server.http().runner().fail(true);
        try {
            TestServer.Answered failed = say("failed", "Hello");
            assertThat(failed.status()).isEqualTo(500);
            assertThat(failed.body()).isEqualTo("{\"error\":\"AI provider error\"}");
        } finally {
            server.http().runner().fail(false);
        }
        assertThat(history(site, "failed").path("messages")).isEmpty();
    }

    @Test
    void theOldestTurnsAreLeftOutWhenTheContextIsFull(@TempDir Path own) {
        try (DialectServer small = new DialectServer(own, builder -> builder.contextTokensMax(1024))) {
            ChannelView channel = small.channel("site", null, 1_000_000L, null);
            for (int i = 0; i < 12; i++) {
                TestServer.Answered answer =
                        small.post(PATH, channel.key(), body("s", "turn" + i + " " + "word ".repeat(40)));
                assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            }
            assertThat(small.lastPrompt()).contains("turn11 ", "turn10 ").doesNotContain("turn0 ", "turn1 ");
            assertThat(small.get("/v1/channels/history?sessionId=s", channel.key())
                            .json()
                            .path("messages"))
                    .hasSize(24);
            TestServer.Answered large = small.post(PATH, channel.key(), body("s", "x ".repeat(1000)));
            assertThat(large.status()).isEqualTo(413);
        }
    }

    @Test
    void turnsOfOneSessionDoNotOverlap() throws InterruptedException {
        List<Integer> statuses = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            String message = "number" + i + "!";
            threads.add(Thread.ofVirtual()
                    .start(() -> statuses.add(say("parallel", message).status())));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(statuses).hasSize(6).containsOnly(200);
        JsonNode messages = history(site, "parallel").path("messages");
        assertThat(messages).hasSize(12);
        for (int i = 0; i < 12; i++) {
            assertThat(messages.get(i).path("role").textValue()).isEqualTo(i % 2 == 0 ? "user" : "assistant");
        }
        // The last one was asked with all the others before it.
        String last = server.lastPrompt();
        for (int i = 0; i < 6; i++) {
            assertThat(last).contains("number" + i + "!");
        }
    }

    private static void assertError(TestServer.Answered answer, int status, String text) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo("{\"error\":\"" + text + "\"}");
    }

    @Test
    void aKeyThatIsMissingOrWrongIsA401() {
        String inference = server.key(null, KeyScope.ALL, LedgerServer.UNLIMITED);
        assertError(server.post(PATH, null, body("s", "m")), 401, "Missing API key");
        assertError(server.post(PATH, "sk-ch-wrong", body("s", "m")), 401, "Invalid API key");
        assertError(server.post(PATH, "malformed key", body("s", "m")), 401, "Invalid API key");
        assertError(server.post(PATH, inference, body("s", "m")), 401, "Invalid API key");
        assertError(server.get("/v1/channels/history?sessionId=s", null), 401, "Missing API key");
        assertThat(server.post("/v1/chat/completions", site.key(), TestServer.chatBody(""))
                        .status())
                .as("a channel's key is for channels only")
                .isEqualTo(403);
    }

    @Test
    void aDisabledSiteSaysSoUntilItIsEnabled() {
        ChannelView channel = channel(null, null);
        server.ledger().acts().channels().disable("test", channel.id());
        assertError(server.post(PATH, channel.key(), body("s", "m")), 403, "Site disabled");
        assertError(server.get("/v1/channels/history?sessionId=s", channel.key()), 403, "Site disabled");
        server.ledger().acts().channels().enable("test", channel.id());
        assertThat(server.post(PATH, channel.key(), body("s", "m")).status()).isEqualTo(200);
    }

    @Test
    void creditsThatAreExhaustedAreA403() {
        server.ledger().account("poor" + NAMES.incrementAndGet(), 0);
        ChannelView channel = server.ledger()
                .acts()
                .channels()
                .create("test", new NewChannel("s", "poor" + NAMES.get(), TestServer.MODEL, null, null, null, null));
        assertError(server.post(PATH, channel.key(), body("s", "m")), 403, "Credits exhausted");
    }

    @Test
    void limitsAreA429WithRetryAfter() {
        ChannelView minute = channel(1L, null);
        assertThat(server.post(PATH, minute.key(), body("s", "m")).status()).isEqualTo(200);
        TestServer.Answered refused = server.post(PATH, minute.key(), body("s", "m"));
        assertError(refused, 429, "Rate limit exceeded");
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 60);
        ChannelView day = channel(100L, 1L);
        assertThat(server.post(PATH, day.key(), body("s", "m")).status()).isEqualTo(200);
        TestServer.Answered reached = server.post(PATH, day.key(), body("s", "m"));
        assertError(reached, 429, "Daily quota reached");
        assertThat(Integer.parseInt(reached.header("Retry-After"))).isBetween(1, 14 * 3600);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'sessionId':'s'}|'message'",
                "{'message':'m'}|'sessionId'",
                "{'message':'m','sessionId':'s','model':'x'}|'model'",
                "[]|JSON"
            },
            quoteCharacter = '"')
    void aBadRequestSaysWhatIsWrong(String body, String what) {
        TestServer.Answered answer = server.post(PATH, site.key(), body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("error").textValue()).contains(what);
    }

    @Test
    void theHistoryWantsASessionId() {
        assertThat(server.get("/v1/channels/history", site.key()).status()).isEqualTo(400);
        assertThat(server.get("/v1/channels/history?sessionId=" + "x".repeat(256), site.key())
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aRotatedKeyIsStillItsChannels() {
        ChannelView channel = channel(null, null);
        server.post(PATH, channel.key(), body("s", "Before."));
        ChannelView rotated = server.ledger().acts().channels().rotateKey("test", channel.id(), Duration.ofHours(1));
        for (String key : List.of(String.valueOf(channel.key()), String.valueOf(rotated.key()))) {
            assertThat(server.get("/v1/channels/history?sessionId=s", key)
                            .json()
                            .path("messages"))
                    .hasSize(2);
        }
    }

    @Test
    void aStreamThatTheVisitorLeavesIsNotRememberedAndTheNextTurnRuns(@TempDir Path own) throws Exception {
        try (DialectServer slow = new DialectServer(own, builder -> builder.stepMicros(100_000))) {
            ChannelView channel = slow.channel("site", null, null, null);
            try (RawClient visitor = new RawClient(slow.http())) {
                visitor.send(RawClient.post(
                        PATH,
                        "{\"message\":\"Hello\",\"sessionId\":\"s\",\"stream\":true}",
                        "X-API-Key: " + channel.key()));
                visitor.readUntil("delta");
                visitor.reset();
            }
            assertThat(slow.post(PATH, channel.key(), body("s", "Again")).status())
                    .isEqualTo(200);
            assertThat(slow.lastPrompt()).contains("Again").doesNotContain("Hello");
            assertThat(slow.get("/v1/channels/history?sessionId=s", channel.key())
                            .json()
                            .path("messages"))
                    .hasSize(2);
        }
    }
}
