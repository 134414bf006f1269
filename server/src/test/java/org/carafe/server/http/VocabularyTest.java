package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Checkpoints whose tokenizer and weights disagree about the vocabulary, as published ones do: what cannot be computed is the caller's error. */
final class VocabularyTest {
    /** Of the demo's tokenizer: its last three are reserved and used by no template. */
    private static final int TOKENS = 512;

    private static final int ROWS_FEW = 509;
    private static final int ROWS_MANY = 640;

    @Test
    void aTokenWithoutWeightsIsRefusedHoweverItGetsIntoAPrompt() {
        try (TestServer server = TestServer.with().rows(ROWS_FEW).start()) {
            String reserved = "<|reserved_special_token_1|>";
            refused(server, "/v1/completions", "\"prompt\":[5,510]", "prompt[1]", "510", "509");
            refused(server, "/v1/completions", "\"prompt\":[[5],[6,7,511]]", "prompt[1][2]", "511", "509");
            refused(server, "/v1/completions", "\"prompt\":\"a" + reserved + "\"", "prompt", reserved, "509");
            refused(
                    server,
                    "/v1/completions",
                    "\"prompt\":[\"a\",\"" + reserved + "\"],\"stream\":true",
                    "prompt[1]",
                    reserved);
            assertThat(server.chat(",\"max_tokens\":4").status()).isEqualTo(200);
            TestServer.eventually("nothing is left", server::isIdle);
        }
    }

    @Test
    void aChatWhoseTemplateOrWordsHaveNoWeightsIsRefused() {
        try (TestServer server = TestServer.with().rows(300).start()) {
            refused(
                    server,
                    "/v1/chat/completions",
                    "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]",
                    "messages",
                    "<|begin_of_text|>",
                    "300");
            TestServer.Answered counted = server.post("/tokenize", TestServer.chatBody(""));
            assertThat(counted.status()).as("counting needs no weights").isEqualTo(200);
        }
    }

    @Test
    void whatIsOnlyNamedNeedsNoWeights() {
        try (TestServer server = TestServer.with().rows(ROWS_FEW).start()) {
            String fields = ",\"stop_token_ids\":[510],\"logit_bias\":{\"511\":-100,\"4\":1},\"min_tokens\":2";
            assertThat(server.chat(fields + ",\"max_tokens\":4").status()).isEqualTo(200);
            String detokenize = TestServer.completionBody(",\"tokens\":[510]");
            assertThat(server.post("/detokenize", detokenize)
                            .json()
                            .path("prompt")
                            .asText())
                    .isEqualTo("<|reserved_special_token_1|>");
        }
    }

    @Test
    void rowsThatNoTokenNamesCanBeReadAndHaveNoText() {
        try (TestServer server = TestServer.with().rows(ROWS_MANY).start()) {
            for (String more : List.of("", ",\"echo\":true,\"logprobs\":2", ",\"stream\":true")) {
                String body =
                        TestServer.completionBody(",\"prompt\":[" + (TOKENS + 9) + ",72,600],\"max_tokens\":64" + more);
                TestServer.Answered answer = server.post("/v1/completions", body);
                assertThat(answer.status()).as(more).isEqualTo(200);
                assertThat(answer.body()).doesNotContain("server_error");
            }
            refused(server, "/v1/completions", "\"prompt\":[" + ROWS_MANY + "]", "prompt[0]", "640");
        }
    }

    private static void refused(TestServer server, String path, String fields, String param, String... says) {
        TestServer.Answered answer = server.post(path, TestServer.completionBody("," + fields));
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.error().path("code").asText()).isEqualTo("invalid_value");
        assertThat(answer.error().path("param").asText()).isEqualTo(param);
        assertThat(answer.error().path("message").asText()).contains(says);
    }
}
