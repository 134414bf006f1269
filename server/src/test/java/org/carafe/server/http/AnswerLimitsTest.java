package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What one caller's answers may take in memory, and what all of them together. */
final class AnswerLimitsTest {
    private static final String SCORED = ",\"logprobs\":true,\"top_logprobs\":20,\"ignore_eos\":true";

    private static TestServer limited(long answerBytesMax) {
        return TestServer.with()
                .settings(Settings.with(HttpSettings.defaults(), "answerBytesMax", answerBytesMax))
                .start();
    }

    private static void assertTooLarge(TestServer.Answered answer, String param, String... says) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.error().path("code").asText()).isEqualTo("invalid_value");
        assertThat(answer.error().path("param").asText()).isEqualTo(param);
        assertThat(answer.error().path("message").asText()).contains(says);
    }

    @Test
    void whatWouldTakeGigabytesIsRefusedAndTheLimitIsNamed() {
        try (TestServer server = TestServer.start()) {
            TestServer.Answered answer = server.chat(SCORED + ",\"n\":128,\"max_tokens\":1900");
            assertTooLarge(answer, "max_tokens", "128 sequences of up to 1900 tokens", "1.2 GiB", "256 MiB");
            // Of a stream 1171 tokens, which a reader may fall behind, and 256 that may wait for text.
            answer = server.chat(SCORED + ",\"n\":128,\"max_tokens\":1900,\"stream\":true");
            assertTooLarge(answer, "max_tokens", "128 sequences of up to 1900 tokens", "939 MiB", "256 MiB");
            assertThat(server.engine().stats().promptTokens()).isZero();
            assertThat(server.chat(SCORED + ",\"n\":2,\"max_tokens\":300").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void anAnswerWithoutAMaximumIsAsLongAsTheLimitAllows() {
        try (TestServer server = limited(100L * (16 + 21 * 256))) {
            JsonNode answer = server.chat(SCORED).json();
            assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(100);
            assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("length");
            assertTooLarge(server.chat(SCORED + ",\"max_tokens\":101"), "max_tokens", "101 tokens");
            assertThat(server.chat(SCORED + ",\"max_tokens\":100").status()).isEqualTo(200);
            assertThat(server.chat(",\"max_tokens\":101").status()).isEqualTo(200);
        }
    }

    @Test
    void anEchoedPromptCountsToo() {
        try (TestServer server = limited(1 << 20)) {
            String prompt = "\"prompt\":\"" + "word ".repeat(200) + "\",\"echo\":true,\"logprobs\":20,\"max_tokens\":1";
            assertTooLarge(
                    server.post("/v1/completions", TestServer.completionBody("," + prompt)),
                    "max_tokens",
                    "of prompts",
                    "1.0 MiB");
            String unscored = prompt.replace(",\"logprobs\":20", "");
            assertThat(server.post("/v1/completions", TestServer.completionBody("," + unscored))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void whereOthersHaveTheMemoryAnAnswerIsRefusedAndAllOfItComesBack() throws Exception {
        try (TestServer server = TestServer.with().stepMicros(200).start()) {
            long all = left(server);
            MemoryBudget budget = new MemoryBudget(500_000);
            AnswerMemory one = new AnswerMemory(budget);
            one.take(400_000);
            assertThat(refusal(() -> one.take(200_000))).contains("Unavailable");
            one.giveBack();
            one.giveBack();
            assertThat(budget.leftBytes()).isEqualTo(500_000);

            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                callers.add(Thread.ofVirtual().start(() -> server.chat(SCORED + ",\"max_tokens\":1500")));
            }
            TestServer.eventually("answers are collected", () -> left(server) < all);
            for (Thread caller : callers) {
                caller.join();
            }
            TestServer.eventually("all memory is back", () -> left(server) == all);
        }
    }

    @Test
    void anAnswerThatFindsNoMemoryLeftEndsAllItsSequencesWith503() {
        try (TestServer server =
                TestServer.with().stepMicros(2_000).contextTokensMax(50_000).start()) {
            MemoryBudget budget = server.server().answerBudget();
            long most = budget.leftBytes() - 21 * 256 * 5;
            assertThat(budget.take(most)).isTrue();
            TestServer.Answered answer = server.chat(
                    ",\"logprobs\":true,\"top_logprobs\":1,\"ignore_eos\":true,\"n\":2,\"max_tokens\":40000");
            assertThat(answer.status()).as(answer.body()).isEqualTo(503);
            assertThat(answer.error().path("code").asText()).isEqualTo("model_unavailable");
            assertThat(answer.error().path("message").asText()).contains("log-probabilities");
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            TestServer.eventually("all its sequences are cancelled", server::isIdle);
            assertThat(server.engine().stats().generatedTokens()).isLessThan(20_000);
            TestServer.eventually("it gave back what it had", () -> budget.leftBytes() == 21 * 256 * 5);
            budget.give(most);
            assertThat(server.chat(SCORED + ",\"max_tokens\":10").status()).isEqualTo(200);
        }
    }

    @Test
    void streamsSetAsideWhatTheirReadersMayFallBehindAndGiveItBack() throws Exception {
        try (TestServer server = TestServer.with().stepMicros(500).start()) {
            MemoryBudget budget = server.server().answerBudget();
            long all = budget.leftBytes();
            long one = (1171 + 256) * (16 + 21 * 256);
            String request = SCORED + ",\"max_tokens\":1500,\"stream\":true";
            server.runner().hold();
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                callers.add(Thread.ofVirtual().start(() -> server.chat(request)));
            }
            TestServer.eventually("three are inside", () -> budget.leftBytes() == all - 3 * one);
            assertThat(budget.take(all - 3 * one - one / 2)).isTrue();

            for (String more : List.of(request, request + ",\"n\":3")) {
                TestServer.Answered answer = server.chat(more);
                assertThat(answer.status()).as(answer.body()).isEqualTo(503);
                assertThat(answer.error().path("message").asText()).contains("log-probabilities");
                assertThat(answer.header("Retry-After")).isEqualTo("1");
            }
            assertThat(budget.leftBytes()).isEqualTo(one / 2);
            server.runner().release();
            // Without log-probabilities nothing is set aside.
            assertThat(server.chat(",\"max_tokens\":1500,\"stream\":true").status())
                    .isEqualTo(200);
            for (Thread caller : callers) {
                caller.join();
            }
            TestServer.eventually("three gave theirs back", () -> budget.leftBytes() == one / 2 + 3 * one);
            int told = 0;
            for (JsonNode chunk : server.chat(request).chunks()) {
                told += chunk.at("/choices/0/logprobs/content").size();
            }
            assertThat(told).isEqualTo(1500);
            budget.give(all - 3 * one - one / 2);
            TestServer.eventually("all memory is back", () -> budget.leftBytes() == all);
            TestServer.eventually("no hold stays", server::isIdle);
        }
    }

    @Test
    void aPromptsLogProbabilitiesAreSetAsideBeforeTheyAreComputed() throws Exception {
        try (TestServer server = TestServer.start()) {
            MemoryBudget budget = server.server().answerBudget();
            long all = budget.leftBytes();
            String body = TestServer.completionBody(",\"prompt\":\"" + "word ".repeat(200)
                    + "\",\"echo\":true,\"logprobs\":5,\"max_tokens\":1,\"ignore_eos\":true");
            server.runner().hold();
            Thread caller = Thread.ofVirtual().start(() -> server.post("/v1/completions", body));
            TestServer.eventually("its step is held back", () -> server.runner().isHolding());
            assertThat(all - budget.leftBytes()).isGreaterThan(200 * 6 * 256);
            server.runner().release();
            caller.join();
            TestServer.eventually("all memory is back", () -> budget.leftBytes() == all);
        }
    }

    @Test
    void aPromptIsScoredOnceForAllItsChoices() {
        try (TestServer server = TestServer.start()) {
            String body = ",\"prompt\":[\"Hello world\",\"Another one\"],\"echo\":true,\"logprobs\":2,\"max_tokens\":3,"
                    + "\"ignore_eos\":true,\"n\":3,\"seed\":5";
            JsonNode choices = server.post("/v1/completions", TestServer.completionBody(body))
                    .json()
                    .path("choices");
            assertThat(choices).hasSize(6);
            for (int prompt = 0; prompt < 2; prompt++) {
                JsonNode first = choices.get(3 * prompt).path("logprobs");
                int scored = first.path("tokens").size() - 3;
                assertThat(scored).isGreaterThan(1);
                for (int i = 1; i < 3; i++) {
                    JsonNode other = choices.get(3 * prompt + i).path("logprobs");
                    for (String list : new String[] {"tokens", "token_logprobs", "top_logprobs", "text_offset"}) {
                        assertThat(other.path(list)).hasSize(scored + 3);
                        for (int at = 0; at < scored; at++) {
                            assertThat(other.path(list).get(at))
                                    .isEqualTo(first.path(list).get(at));
                        }
                    }
                }
            }
        }
    }

    private static String refusal(Runnable action) {
        try {
            action.run();
            return "none";
        } catch (org.carafe.server.error.ApiException e) {
            return e.text();
        }
    }

    private static long left(TestServer server) {
        return server.metric("carafe_http_answer_memory_left_bytes");
    }
}
