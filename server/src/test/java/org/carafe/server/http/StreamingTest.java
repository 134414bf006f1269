package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.carafe.inference.engine.EngineConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Streams: the same text as without, in OpenAI's order of chunks, errors included. */
final class StreamingTest {
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start();
    }

    @AfterAll
    static void stop() {
        server.awaitIdle();
        server.close();
    }

    /** Text and finish reason of each choice, put together from chunks. */
    private static Map<Integer, String> assembled(List<JsonNode> chunks) {
        Map<Integer, StringBuilder> texts = new TreeMap<>();
        for (JsonNode chunk : chunks) {
            for (JsonNode choice : chunk.path("choices")) {
                StringBuilder text = texts.computeIfAbsent(choice.path("index").asInt(), index -> new StringBuilder());
                text.append(choice.path("delta").path("content").asText(""));
                text.append(choice.path("text").asText(""));
                if (!choice.path("finish_reason").isNull()) {
                    text.append(" -> ").append(choice.path("finish_reason").asText());
                }
            }
        }
        Map<Integer, String> result = new TreeMap<>();
        texts.forEach((index, text) -> result.put(index, text.toString()));
        return result;
    }

    private static Map<Integer, String> whole(JsonNode answer) {
        Map<Integer, String> result = new TreeMap<>();
        for (JsonNode choice : answer.path("choices")) {
            String text = choice.path("message").path("content").asText("")
                    + choice.path("text").asText("");
            result.put(
                    choice.path("index").asInt(),
                    text + " -> " + choice.path("finish_reason").asText());
        }
        return result;
    }

    @Test
    void aStreamIsTheSameTextAsNoStreamForManySeedsAndStops() {
        String[] stops = {
            "", ",\"stop\":\"e\"", ",\"stop\":[\"th\",\"qu\",\"\\n\"]", ",\"stop_token_ids\":[300,301,302]"
        };
        for (int seed = 0; seed < 60; seed++) {
            String more = ",\"max_tokens\":40,\"temperature\":0.9,\"seed\":" + seed + stops[seed % stops.length]
                    + (seed % 5 == 0 ? ",\"n\":3" : "");
            Map<Integer, String> whole = whole(server.chat(more).json());
            assertThat(assembled(server.chat(more + ",\"stream\":true").chunks()))
                    .as("chat, seed " + seed)
                    .isEqualTo(whole);
            String body = ",\"prompt\":[\"One\",[40,41,42]],\"echo\":" + (seed % 2 == 0) + more;
            Map<Integer, String> text = whole(server.post("/v1/completions", TestServer.completionBody(body))
                    .json());
            assertThat(text).hasSize(seed % 5 == 0 ? 6 : 2);
            assertThat(assembled(server.post("/v1/completions", TestServer.completionBody(body + ",\"stream\":true"))
                            .chunks()))
                    .as("completion, seed " + seed)
                    .isEqualTo(text);
        }
    }

    @Test
    void aStreamBeginsWithTheRoleAndEndsWithReasonUsageAndDone() {
        TestServer.Answered answer = server.chat(
                ",\"max_tokens\":6,\"ignore_eos\":true,\"stream\":true,\"stream_options\":{\"include_usage\":true}");
        assertThat(answer.header("Content-Type")).isEqualTo("text/event-stream; charset=utf-8");
        assertThat(answer.events().getLast()).isEqualTo("[DONE]");
        List<JsonNode> chunks = answer.chunks();
        assertThat(chunks.getFirst().at("/choices/0/delta/role").asText()).isEqualTo("assistant");
        assertThat(chunks.getFirst().path("usage").isNull()).isTrue();
        assertThat(chunks.get(chunks.size() - 2).at("/choices/0/finish_reason").asText())
                .isEqualTo("length");
        JsonNode last = chunks.getLast();
        assertThat(last.path("choices").isEmpty()).isTrue();
        assertThat(last.at("/usage/completion_tokens").asInt()).isEqualTo(6);
        assertThat(last.at("/usage/total_tokens").asInt())
                .isEqualTo(6 + last.at("/usage/prompt_tokens").asInt());
        assertThat(chunks).allSatisfy(chunk -> {
            assertThat(chunk.path("id")).isEqualTo(chunks.getFirst().path("id"));
            assertThat(chunk.path("object").asText()).isEqualTo("chat.completion.chunk");
            assertThat(chunk.path("system_fingerprint").asText()).startsWith("fp_");
        });
    }

    @Test
    void withoutIncludeUsageNoChunkSpeaksOfUsage() {
        assertThat(server.chat(",\"max_tokens\":3,\"stream\":true").body()).doesNotContain("usage");
    }

    @Test
    void tokenIdsOfAStreamAreThoseOfTheWholeAnswer() {
        String more = ",\"max_tokens\":20,\"seed\":5,\"return_token_ids\":true";
        JsonNode whole = server.chat(more).json();
        List<JsonNode> chunks = server.chat(more + ",\"stream\":true").chunks();
        List<Integer> ids = new java.util.ArrayList<>();
        chunks.forEach(chunk -> chunk.at("/choices/0/token_ids").forEach(id -> ids.add(id.asInt())));
        List<Integer> expected = new java.util.ArrayList<>();
        whole.at("/choices/0/token_ids").forEach(id -> expected.add(id.asInt()));
        assertThat(ids).isEqualTo(expected).hasSize(20);
        assertThat(chunks.getFirst().path("prompt_token_ids")).isEqualTo(whole.path("prompt_token_ids"));
    }

    @Test
    void logprobsOfAStreamAreThoseOfTheWholeAnswer() {
        String more = ",\"max_tokens\":20,\"seed\":5,\"logprobs\":true,\"top_logprobs\":3";
        JsonNode whole = server.chat(more).json().at("/choices/0/logprobs/content");
        List<JsonNode> streamed = new java.util.ArrayList<>();
        server.chat(more + ",\"stream\":true")
                .chunks()
                .forEach(chunk -> chunk.at("/choices/0/logprobs/content").forEach(streamed::add));
        assertThat(streamed).hasSize(20).hasSameElementsAs(whole);
    }

    @Test
    void choicesOfOneStreamAreInterleaved() {
        try (TestServer slow = TestServer.with().stepMicros(2_000).start()) {
            List<JsonNode> chunks = slow.chat(",\"max_tokens\":300,\"ignore_eos\":true,\"n\":4,\"stream\":true")
                    .chunks();
            List<Integer> order = chunks.subList(0, chunks.size() - 4).stream()
                    .map(chunk -> chunk.at("/choices/0/index").asInt())
                    .toList();
            assertThat(order).contains(0, 1, 2, 3);
            assertThat(order.indexOf(3)).isLessThan(order.lastIndexOf(0));
            assertThat(order.indexOf(0)).isLessThan(order.lastIndexOf(3));
        }
    }

    @Test
    void aStepThatFailsEndsAStreamWithAnErrorEventAndWithoutDone() {
        try (TestServer failing = TestServer.with().failedStep(10).start()) {
            TestServer.Answered answer = failing.chat(",\"max_tokens\":50,\"ignore_eos\":true,\"stream\":true");
            assertThat(answer.status()).isEqualTo(200);
            JsonNode last = TestServer.parse(answer.events().getLast());
            assertThat(last.at("/error/type").asText()).isEqualTo("server_error");
            assertThat(last.at("/error/code").asText()).isEqualTo("model_unavailable");
            assertThat(failing.chat(",\"max_tokens\":5").status())
                    .as("the engine goes on")
                    .isEqualTo(200);
            failing.awaitIdle();
        }
    }

    @Test
    void aStepThatFailsIs503WhereNothingWasSent() {
        try (TestServer failing = TestServer.with().failedStep(1).start()) {
            TestServer.Answered answer = failing.chat(",\"max_tokens\":50,\"stream\":true");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.error().path("code").asText()).isEqualTo("model_unavailable");
            assertThat(answer.header("Retry-After")).isNotEmpty();
            failing.awaitIdle();
        }
    }

    @Test
    void aFullQueueIs429WithRetryAfterAndConsumesNothing() throws Exception {
        EngineConfig narrow = EngineConfig.defaults().withSequencesMax(1).withWaitingMax(1);
        try (TestServer busy = TestServer.with().engine(narrow).start()) {
            busy.runner().hold();
            Thread first = Thread.ofVirtual().start(() -> busy.chat(",\"max_tokens\":5"));
            TestServer.eventually("it runs", () -> busy.runner().isHolding());
            Thread second = Thread.ofVirtual().start(() -> busy.chat(",\"max_tokens\":5"));
            TestServer.eventually("one waits", () -> busy.engine().stats().waiting() == 1);
            TestServer.Answered refused = busy.chat(",\"max_tokens\":5,\"stream\":true");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.error().path("type").asText()).isEqualTo("rate_limit_error");
            assertThat(refused.error().path("code").asText()).isEqualTo("queue_full");
            assertThat(Integer.parseInt(refused.header("Retry-After"))).isPositive();
            busy.runner().release();
            first.join();
            second.join();
            busy.awaitIdle();
        }
    }

    @Test
    void aRequestThatWaitsLongerThanItMayIs503() throws Exception {
        EngineConfig narrow = EngineConfig.defaults().withSequencesMax(1);
        HttpSettings impatient = Settings.with(HttpSettings.defaults(), "queueMillis", 1_000L);
        try (TestServer busy = TestServer.with()
                        .settings(impatient)
                        .engine(narrow)
                        .stepMicros(5_000)
                        .contextTokensMax(50_000)
                        .start();
                RawClient running = new RawClient(busy)) {
            running.send(RawClient.post(
                    "/v1/chat/completions", TestServer.chatBody(",\"ignore_eos\":true,\"stream\":true")));
            running.readUntil("content\":\"");
            for (String stream : new String[] {"", ",\"stream\":true"}) {
                TestServer.Answered late = busy.chat(",\"max_tokens\":5" + stream);
                assertThat(late.status()).isEqualTo(503);
                assertThat(late.error().path("code").asText()).isEqualTo("model_unavailable");
                assertThat(late.error().path("message").asText()).contains("deadline passed while the request waited");
                assertThat(late.header("Retry-After")).isNotEmpty();
            }
            // Who runs is not touched: the limit is one of waiting.
            running.readUntil("content\":\"");
        }
    }
}
