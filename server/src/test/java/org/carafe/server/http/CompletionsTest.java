package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Text completions, tokens and models: what answers look like. */
final class CompletionsTest {
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

    private static JsonNode complete(String more) {
        TestServer.Answered answer = server.post("/v1/completions", TestServer.completionBody("," + more));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    @Test
    void choicesAreNumberedPromptByPrompt() {
        JsonNode answer =
                complete("\"prompt\":[\"a\",\"b\"],\"n\":2,\"max_tokens\":3,\"ignore_eos\":true,\"echo\":true");
        JsonNode choices = answer.path("choices");
        assertThat(choices).hasSize(4);
        for (int i = 0; i < 4; i++) {
            assertThat(choices.get(i).path("index").asInt()).isEqualTo(i);
            assertThat(choices.get(i).path("text").asText()).startsWith(i < 2 ? "a" : "b");
        }
        assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(12);
    }

    @Test
    void aPromptOfTokenIdsIsItsTextsPrompt() {
        JsonNode ids = server.post("/tokenize", TestServer.completionBody(",\"prompt\":\"Hello there\""))
                .json()
                .path("tokens");
        JsonNode byText = complete("\"prompt\":\"Hello there\",\"max_tokens\":12,\"seed\":4,\"echo\":true");
        JsonNode byIds = complete("\"prompt\":" + ids + ",\"max_tokens\":12,\"seed\":4,\"echo\":true");
        assertThat(byIds.at("/choices/0/text")).isEqualTo(byText.at("/choices/0/text"));
        assertThat(byIds.at("/usage/prompt_tokens")).isEqualTo(byText.at("/usage/prompt_tokens"));
    }

    @Test
    void eachChoiceHasASeedOfItsOwnThatItKeepsAlone() {
        JsonNode three = complete("\"prompt\":\"x\",\"max_tokens\":16,\"seed\":40,\"n\":3")
                .path("choices");
        Set<String> texts = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            String alone = complete("\"prompt\":\"x\",\"max_tokens\":16,\"seed\":" + (40 + i))
                    .at("/choices/0/text")
                    .asText();
            assertThat(three.get(i).path("text").asText()).isEqualTo(alone);
            texts.add(alone);
        }
        assertThat(texts).hasSize(3);
    }

    @Test
    void withoutASeedAnswersDiffer() {
        String request = "\"prompt\":\"x\",\"max_tokens\":30,\"temperature\":1";
        assertThat(complete(request).at("/choices/0/text"))
                .isNotEqualTo(complete(request).at("/choices/0/text"));
    }

    @Test
    void anEchoedPromptIsScoredFromItsSecondToken() {
        JsonNode answer =
                complete("\"prompt\":\"Hello world\",\"max_tokens\":5,\"seed\":1,\"echo\":true,\"logprobs\":2");
        JsonNode choice = answer.at("/choices/0");
        JsonNode logprobs = choice.path("logprobs");
        int tokens = answer.at("/usage/total_tokens").asInt();
        for (String list : new String[] {"tokens", "token_logprobs", "top_logprobs", "text_offset"}) {
            assertThat(logprobs.path(list)).as(list).hasSize(tokens);
        }
        assertThat(logprobs.at("/token_logprobs/0").isNull()).isTrue();
        assertThat(logprobs.at("/top_logprobs/0").isNull()).isTrue();
        assertThat(logprobs.at("/token_logprobs/1").asDouble()).isNegative();
        String text = choice.path("text").asText();
        for (int i = 0; i < tokens; i++) {
            int offset = logprobs.path("text_offset").get(i).asInt();
            String token = logprobs.path("tokens").get(i).asText();
            if (!token.startsWith("<|") && token.chars().allMatch(c -> c < 128)) {
                assertThat(text.substring(text.offsetByCodePoints(0, offset))).startsWith(token);
            }
        }
    }

    @Test
    void aPromptCanBeScoredWithoutAnAnswer() {
        JsonNode answer = complete("\"prompt\":\"Hello world\",\"max_tokens\":0,\"echo\":true,\"logprobs\":0");
        assertThat(answer.at("/choices/0/text").asText()).isEqualTo("Hello world");
        assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("length");
        assertThat(answer.at("/usage/completion_tokens").asInt()).isZero();
        assertThat(answer.at("/choices/0/logprobs/tokens"))
                .hasSize(answer.at("/usage/prompt_tokens").asInt());
    }

    @Test
    void bestOfReturnsTheMostProbableAndCountsAll() {
        JsonNode answer = complete("\"prompt\":\"x\",\"max_tokens\":6,\"seed\":9,\"best_of\":8,\"n\":2,\"logprobs\":0");
        assertThat(answer.path("choices")).hasSize(2);
        assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(48);
        assertThat(mean(answer.at("/choices/0/logprobs")))
                .isGreaterThanOrEqualTo(mean(answer.at("/choices/1/logprobs")));
        for (int seed = 9; seed < 17; seed++) {
            JsonNode alone = complete("\"prompt\":\"x\",\"max_tokens\":6,\"logprobs\":0,\"seed\":" + seed);
            assertThat(mean(alone.at("/choices/0/logprobs")))
                    .isLessThanOrEqualTo(mean(answer.at("/choices/0/logprobs")));
        }
        assertThat(complete("\"prompt\":\"x\",\"max_tokens\":3,\"best_of\":4")
                        .at("/choices/0/logprobs")
                        .isNull())
                .isTrue();
    }

    private static double mean(JsonNode logprobs) {
        double sum = 0;
        for (JsonNode one : logprobs.path("token_logprobs")) {
            sum += one.asDouble();
        }
        return sum / logprobs.path("token_logprobs").size();
    }

    @Test
    void aCachedPromptIsCountedInTheUsage() {
        String request = "\"prompt\":\"" + "a long prompt that fills some blocks ".repeat(8) + "\",\"max_tokens\":2";
        complete(request);
        JsonNode usage = complete(request).path("usage");
        assertThat(usage.at("/prompt_tokens_details/cached_tokens").asInt())
                .isPositive()
                .isLessThan(usage.path("prompt_tokens").asInt());
    }

    @Test
    void detokenizeUndoesTokenize() {
        String text = "Grüße, 世界! \\u{1F642}".replace("\\u{1F642}", "🙂");
        JsonNode tokens = server.post(
                        "/tokenize",
                        TestServer.completionBody(",\"prompt\":\"" + text + "\",\"add_special_tokens\":false"))
                .json();
        assertThat(tokens.path("count").asInt()).isEqualTo(tokens.path("tokens").size());
        assertThat(tokens.path("max_model_len").asInt()).isEqualTo(2048);
        assertThat(tokens.path("token_strs").isNull()).isTrue();
        JsonNode back = server.post("/detokenize", TestServer.completionBody(",\"tokens\":" + tokens.path("tokens")))
                .json();
        assertThat(back.path("prompt").asText()).isEqualTo(text);
    }

    @Test
    void tokenIdsOutsideTheVocabularyAreRefused() {
        TestServer.Answered answer = server.post("/detokenize", "{\"tokens\":[1,99999]}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().path("param").asText()).isEqualTo("tokens[1]");
        TestServer.Answered prompt =
                server.post("/v1/completions", TestServer.completionBody(",\"prompt\":[1,99999],\"max_tokens\":1"));
        assertThat(prompt.error().path("param").asText()).isEqualTo("prompt[1]");
    }

    @Test
    void modelsAreListedAndFoundHoweverTheirSlashIsWritten() {
        JsonNode listed = server.get("/v1/models").json();
        assertThat(listed.path("object").asText()).isEqualTo("list");
        JsonNode model = listed.at("/data/0");
        assertThat(model.path("id").asText()).isEqualTo(TestServer.MODEL);
        assertThat(model.path("context_length").asInt()).isEqualTo(2048);
        assertThat(model.path("capabilities")).isNotEmpty();
        assertThat(model.path("pricing").has("cached_prompt")).isTrue();
        for (String id : new String[] {"carafe/demo", "carafe%2Fdemo", "carafe%2fdemo"}) {
            assertThat(server.get("/v1/models/" + id).json()).as(id).isEqualTo(model);
        }
        TestServer.Answered missing = server.get("/v1/models/other/one");
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.error().path("code").asText()).isEqualTo("model_not_found");
    }

    @Test
    void metricsHaveTheNamesThatTheGatewayProtocolExpects() {
        complete("\"prompt\":\"x\",\"max_tokens\":5");
        String label = "model_name=\"" + TestServer.MODEL + "\"";
        String counted =
                "carafe_http_requests_seconds_count{code=\"none\",method=\"POST\",route=\"/v1/completions\",status=\"200\"}";
        // Both are written after the answer was.
        TestServer.eventually("the step's and the request's figures are there", () -> {
            String now = server.get("/metrics").body();
            return now.contains("vllm:num_requests_running{" + label + "} 0.0") && now.contains(counted);
        });
        String metrics = server.get("/metrics").body();
        assertThat(metrics)
                .contains("vllm:num_requests_waiting{" + label + "} 0.0")
                .contains("vllm:kv_cache_usage_perc{" + label + "}")
                .contains("vllm:lora_requests_info{");
        for (String histogram : new String[] {
            "carafe_time_to_first_token_seconds",
            "carafe_inter_token_seconds",
            "carafe_queue_seconds",
            "carafe_batch_size",
            "carafe_kv_cache_usage_ratio"
        }) {
            assertThat(metrics).containsPattern(histogram + "_count\\{" + label + "\\} [1-9]");
        }
    }
}
