package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every field of the contract: what is accepted, what is refused, and that the refusal names field, value and limit. */
final class RequestFieldsTest {
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

    /** A field of a chat request that is refused: its JSON, the parameter and code that the error names, and words of its message. */
    record Refused(String field, String param, String code, List<String> says) {
        static Refused value(String field, String param, String... says) {
            return new Refused(field, param, "invalid_value", List.of(says));
        }

        static Refused type(String field, String param, String... says) {
            return new Refused(field, param, "invalid_type", List.of(says));
        }

        static Refused unsupported(String field, String param, String... says) {
            return new Refused(field, param, "unsupported_parameter", List.of(says));
        }

        static Refused unknown(String field, String param) {
            return new Refused(field, param, "unknown_parameter", List.of(param));
        }

        @Override
        public String toString() {
            return field.length() > 70 ? field.substring(0, 70) + "…" : field;
        }
    }

    static Stream<Refused> refusedOfBoth() {
        return Stream.of(
                Refused.value("\"temperature\":2.01", "temperature", "2.01", "0 to 2"),
                Refused.value("\"temperature\":-0.1", "temperature", "-0.1", "0 to 2"),
                Refused.value("\"temperature\":1e999", "temperature", "0 to 2"),
                Refused.type("\"temperature\":\"hot\"", "temperature", "a number", "'hot'"),
                Refused.type("\"temperature\":true", "temperature", "a number"),
                Refused.value("\"top_p\":1.5", "top_p", "1.5", "0 to 1"),
                Refused.value("\"top_p\":-1", "top_p", "-1", "0 to 1"),
                Refused.value("\"top_k\":-2", "top_k", "-2", "-1 to"),
                Refused.type("\"top_k\":1.5", "top_k", "an integer", "1.5"),
                Refused.value("\"min_p\":1.01", "min_p", "1.01", "0 to 1"),
                Refused.value("\"repetition_penalty\":0", "repetition_penalty", "0", "0.01 to 10"),
                Refused.value("\"presence_penalty\":2.1", "presence_penalty", "2.1", "-2 to 2"),
                Refused.value("\"frequency_penalty\":-2.1", "frequency_penalty", "-2.1", "-2 to 2"),
                Refused.value("\"max_tokens\":-1", "max_tokens", "-1"),
                Refused.type("\"max_tokens\":\"5\"", "max_tokens", "an integer"),
                Refused.value("\"max_tokens\":99999999999999999999", "max_tokens", "99999999999999999999"),
                Refused.value("\"min_tokens\":-1", "min_tokens", "-1"),
                Refused.value("\"max_tokens\":3,\"min_tokens\":4", "min_tokens", "4", "3"),
                Refused.value("\"n\":0", "n", "0", "1 to 128"),
                Refused.value("\"n\":129", "n", "129", "1 to 128"),
                Refused.type("\"n\":\"2\"", "n", "an integer"),
                Refused.type("\"stop\":3", "stop", "a string or an array of strings"),
                Refused.value("\"stop\":\"\"", "stop", "empty"),
                Refused.value("\"stop\":[\"a\",\"\"]", "stop[1]", "empty"),
                Refused.type("\"stop\":[\"a\",4]", "stop[1]", "a string"),
                Refused.value("\"stop\":[" + "\"x\",".repeat(16) + "\"x\"]", "stop", "17", "16"),
                Refused.value("\"stop\":\"" + "x".repeat(513) + "\"", "stop", "513", "512"),
                Refused.value("\"stop_token_ids\":[99999]", "stop_token_ids", "99999", "vocabulary"),
                Refused.value("\"stop_token_ids\":[-1]", "stop_token_ids[0]", "-1"),
                Refused.type("\"stop_token_ids\":[\"a\"]", "stop_token_ids[0]", "a token id"),
                Refused.value("\"stop_token_ids\":[" + "1,".repeat(64) + "1]", "stop_token_ids", "65", "64"),
                Refused.type("\"seed\":1.5", "seed", "an integer", "1.5"),
                Refused.value("\"seed\":9223372036854775808", "seed", "9223372036854775808"),
                Refused.value("\"logit_bias\":{\"5\":101}", "logit_bias.5", "101", "-100 to 100"),
                Refused.value("\"logit_bias\":{\"x\":1}", "logit_bias.x", "token id"),
                Refused.value("\"logit_bias\":{\"99999\":1}", "logit_bias.99999", "vocabulary"),
                Refused.type("\"logit_bias\":[1]", "logit_bias", "an object"),
                Refused.type("\"logit_bias\":{\"5\":\"1\"}", "logit_bias.5", "a number"),
                Refused.type("\"stream\":\"yes\"", "stream", "a boolean", "'yes'"),
                Refused.value("\"stream_options\":{\"include_usage\":true}", "stream_options", "stream"),
                Refused.type(
                        "\"stream\":true,\"stream_options\":{\"include_usage\":1}", "stream_options.include_usage"),
                Refused.unknown("\"stream\":true,\"stream_options\":{\"include\":true}", "stream_options.include"),
                Refused.value("\"user\":\"" + "u".repeat(513) + "\"", "user", "513", "512"),
                Refused.type("\"user\":7", "user", "a string"),
                Refused.type("\"metadata\":\"x\"", "metadata", "an object"),
                Refused.type("\"metadata\":{\"a\":1}", "metadata.a", "a string"),
                Refused.value("\"metadata\":{\"a\":\"" + "x".repeat(513) + "\"}", "metadata.a", "513", "512"),
                Refused.unsupported("\"store\":true", "store", "only false"),
                Refused.type("\"ignore_eos\":1", "ignore_eos", "a boolean"),
                Refused.value("\"priority\":101", "priority", "101", "-100 to 100"),
                Refused.type("\"return_token_ids\":\"no\"", "return_token_ids", "a boolean"),
                Refused.unsupported(
                        "\"response_format\":{\"type\":\"json_object\"}", "response_format", "later version"),
                Refused.unsupported(
                        "\"response_format\":{\"type\":\"json_schema\"}", "response_format", "later version"),
                Refused.type("\"response_format\":\"text\"", "response_format", "an object"),
                Refused.unsupported("\"tools\":[{\"type\":\"function\"}]", "tools", "later version"),
                Refused.unsupported("\"tool_choice\":\"auto\"", "tool_choice", "later version"),
                Refused.type("\"tools\":{}", "tools", "an array"),
                Refused.type("\"parallel_tool_calls\":\"x\"", "parallel_tool_calls", "a boolean"),
                Refused.unknown("\"temprature\":1", "temprature"),
                Refused.unknown("\"service_tier\":\"auto\"", "service_tier"),
                new Refused("\"n\":1,\"n\":2", "", "invalid_json", List.of("Duplicate field 'n'")));
    }

    static Stream<Refused> refusedOfChat() {
        return Stream.of(
                Refused.value("\"max_tokens\":0", "max_tokens", "0", "1 to"),
                Refused.value("\"max_tokens\":5,\"max_completion_tokens\":6", "max_tokens", "5", "6"),
                Refused.value("\"max_completion_tokens\":0", "max_completion_tokens", "0"),
                Refused.value("\"logprobs\":true,\"top_logprobs\":21", "top_logprobs", "21", "0 to 20"),
                Refused.value("\"top_logprobs\":2", "top_logprobs", "logprobs"),
                Refused.type("\"logprobs\":3", "logprobs", "a boolean"),
                Refused.value(
                        "\"add_generation_prompt\":true,\"continue_final_message\":true", "continue_final_message"),
                Refused.value("\"continue_final_message\":true", "continue_final_message", "assistant"),
                Refused.value("\"chat_template_kwargs\":{\"messages\":[]}", "chat_template_kwargs.messages"),
                Refused.value(
                        "\"chat_template_kwargs\":{\"x\":\"" + "y".repeat(17_000) + "\"}", "chat_template_kwargs"),
                Refused.value("\"chat_template_kwargs\":{\"x\":[" + "1,".repeat(600) + "1]}", "chat_template_kwargs"),
                Refused.type("\"chat_template_kwargs\":[]", "chat_template_kwargs", "an object"),
                Refused.unknown("\"best_of\":2", "best_of"),
                Refused.unknown("\"prompt\":\"x\"", "prompt"));
    }

    static Stream<Refused> refusedOfCompletions() {
        return Stream.of(
                Refused.value("\"max_tokens\":0", "max_tokens", "echo"),
                Refused.value("\"logprobs\":21", "logprobs", "21", "0 to 20"),
                Refused.type("\"logprobs\":true", "logprobs", "an integer"),
                Refused.value("\"best_of\":21", "best_of", "21", "1 to 20"),
                Refused.value("\"n\":3,\"best_of\":2", "best_of", "2", "3"),
                Refused.value("\"best_of\":2,\"stream\":true", "best_of", "stream"),
                Refused.type("\"echo\":1", "echo", "a boolean"),
                Refused.unsupported("\"suffix\":\"end\"", "suffix", "infill"),
                Refused.unknown("\"messages\":[]", "messages"));
    }

    private static void assertRefused(TestServer.Answered answer, Refused expected) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        JsonNode error = answer.error();
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.path("code").asText()).as(answer.body()).isEqualTo(expected.code());
        assertThat(error.path("param").asText("")).isEqualTo(expected.param());
        assertThat(error.path("message").asText()).contains(expected.param());
        expected.says()
                .forEach(word -> assertThat(error.path("message").asText()).contains(word));
        assertThat(error.path("message").asText().length()).isLessThan(400);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"refusedOfBoth", "refusedOfChat"})
    void aChatFieldOutOfItsTypeOrRangeIsRefusedByName(Refused refused) {
        assertRefused(server.chat("," + refused.field()), refused);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"refusedOfBoth", "refusedOfCompletions"})
    void aCompletionFieldOutOfItsTypeOrRangeIsRefusedByName(Refused refused) {
        String body = TestServer.completionBody(",\"prompt\":\"Hi\"," + refused.field());
        assertRefused(server.post("/v1/completions", body), refused);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"temperature\":0",
                "\"temperature\":2",
                "\"temperature\":null",
                "\"top_p\":0",
                "\"top_p\":1",
                "\"top_k\":-1",
                "\"top_k\":0",
                "\"top_k\":5",
                "\"min_p\":0.5",
                "\"repetition_penalty\":1.3",
                "\"presence_penalty\":-2",
                "\"frequency_penalty\":2",
                "\"min_tokens\":4",
                "\"n\":3",
                "\"stop\":null",
                "\"stop\":[]",
                "\"stop\":\"zzz\"",
                "\"stop\":[\"zzz\",\"yyy\"]",
                "\"stop_token_ids\":[7]",
                "\"seed\":-9223372036854775808",
                "\"seed\":9223372036854775807",
                "\"logit_bias\":{\"5\":-100,\"6\":100}",
                "\"stream\":false",
                "\"stream_options\":null",
                "\"user\":\"u\"",
                "\"metadata\":{\"a\":\"b\"}",
                "\"store\":false",
                "\"ignore_eos\":true",
                "\"priority\":-5",
                "\"return_token_ids\":true",
                "\"response_format\":{\"type\":\"text\"}",
                "\"response_format\":null",
                "\"tools\":[]",
                "\"tools\":null",
                "\"tool_choice\":\"none\"",
                "\"parallel_tool_calls\":true",
                "\"service_tier\":null",
                "\"reasoning_effort\":null"
            })
    void aFieldInItsRangeIsAccepted(String field) {
        assertThat(server.chat("," + field + ",\"max_tokens\":4").status()).isEqualTo(200);
        String body = TestServer.completionBody(",\"prompt\":\"Hi\",\"max_tokens\":4," + field);
        assertThat(server.post("/v1/completions", body).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"logprobs\":true",
                "\"logprobs\":true,\"top_logprobs\":20",
                "\"logprobs\":false,\"top_logprobs\":0",
                "\"max_completion_tokens\":4",
                "\"add_generation_prompt\":false",
                "\"chat_template_kwargs\":{\"enable_thinking\":false,\"x\":[1,{\"y\":null}]}"
            })
    void aChatFieldInItsRangeIsAccepted(String field) {
        assertThat(server.chat("," + field + ",\"max_tokens\":4").status()).isEqualTo(200);
    }

    @Test
    void aMissingFieldIsNamed() {
        TestServer.Answered noModel = server.post("/v1/chat/completions", "{\"messages\":[]}");
        assertThat(noModel.error().path("param").asText()).isEqualTo("model");
        assertThat(noModel.error().path("code").asText()).isEqualTo("missing_required_parameter");
        TestServer.Answered noMessages = server.post("/v1/chat/completions", TestServer.completionBody(""));
        assertThat(noMessages.error().path("param").asText()).isEqualTo("messages");
        TestServer.Answered noPrompt = server.post("/v1/completions", TestServer.completionBody(""));
        assertThat(noPrompt.error().path("param").asText()).isEqualTo("prompt");
    }

    @Test
    void anUnknownModelIsNotFound() {
        TestServer.Answered answer = server.post("/v1/completions", "{\"model\":\"gpt-9\",\"prompt\":\"Hi\"}");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.error().path("code").asText()).isEqualTo("model_not_found");
        assertThat(answer.error().path("message").asText()).contains("gpt-9", TestServer.MODEL);
    }

    @Test
    void aPromptLongerThanTheContextIsRefusedWithBothNumbers() {
        String body = TestServer.completionBody(",\"prompt\":\"" + "q ".repeat(3000) + "\"");
        TestServer.Answered answer = server.post("/v1/completions", body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().path("code").asText()).isEqualTo("context_length_exceeded");
        assertThat(answer.error().path("param").asText()).isEqualTo("prompt");
        assertThat(answer.error().path("message").asText()).containsPattern("2048 tokens.*\\d{4} tokens");
    }

    @Test
    void anAnswerThatDoesNotFitBesideThePromptIsRefusedWithBothNumbers() {
        TestServer.Answered answer = server.chat(",\"max_tokens\":2040");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().path("code").asText()).isEqualTo("context_length_exceeded");
        assertThat(answer.error().path("param").asText()).isEqualTo("max_tokens");
        assertThat(answer.error().path("message").asText()).contains("2048", "2040");
    }

    @Test
    void withoutMaxTokensTheAnswerFillsTheContext() {
        JsonNode usage = server.chat(",\"ignore_eos\":true").json().path("usage");
        assertThat(usage.path("total_tokens").asInt()).isEqualTo(2048);
    }

    @Test
    void moreSequencesThanOneRequestMayHaveAreRefused() {
        String prompts = "[" + "\"a\",".repeat(63) + "\"a\"]";
        TestServer.Answered answer =
                server.post("/v1/completions", TestServer.completionBody(",\"prompt\":" + prompts + ",\"n\":3"));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().path("param").asText()).isEqualTo("n");
        assertThat(answer.error().path("message").asText()).contains("3", "64", "128");
    }

    @Test
    void ignoredUnknownFieldsAreListedInAHeader() {
        HttpSettings lenient =
                Settings.with(HttpSettings.defaults(), "unknownFields", HttpSettings.UnknownFields.IGNORE);
        try (TestServer tolerant = TestServer.with().settings(lenient).start()) {
            TestServer.Answered answer = tolerant.chat(",\"max_tokens\":2,\"service_tier\":\"auto\",\"temprature\":1");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("X-Carafe-Ignored-Fields")).isEqualTo("service_tier, temprature");
        }
    }
}
