package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of a chat, and what of them is refused by its path. */
final class MessagesTest {
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static TestServer.Answered ask(String messages) {
        return server.post(
                "/v1/chat/completions", TestServer.completionBody(",\"max_tokens\":2,\"messages\":" + messages));
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("[]", "messages", "empty"),
                Arguments.of("{}", "messages", "an array"),
                Arguments.of("[1]", "messages[0]", "an object"),
                Arguments.of("[{\"role\":\"user\"}]", "messages[0].content", "Missing"),
                Arguments.of("[{\"content\":\"x\"}]", "messages[0].role", "Missing"),
                Arguments.of("[{\"role\":\"robot\",\"content\":\"x\"}]", "messages[0].role", "'robot'"),
                Arguments.of("[{\"role\":\"user\",\"content\":5}]", "messages[0].content", "array of parts"),
                Arguments.of("[{\"role\":\"user\",\"content\":[]}]", "messages[0].content", "empty"),
                Arguments.of("[{\"role\":\"user\",\"content\":[\"x\"]}]", "messages[0].content[0]", "an object"),
                Arguments.of(
                        "[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"x\"}}]}]",
                        "messages[0].content[0].type",
                        "'image_url'"),
                Arguments.of(
                        "[{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}]",
                        "messages[0].content[0].text",
                        "Missing"),
                Arguments.of(
                        "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"x\",\"y\":1}]}]",
                        "messages[0].content[0].y",
                        "Unknown"),
                Arguments.of("[{\"role\":\"user\",\"content\":\"x\",\"mood\":1}]", "messages[0].mood", "Unknown"),
                Arguments.of("[{\"role\":\"user\",\"content\":\"x\",\"name\":7}]", "messages[0].name", "a string"),
                Arguments.of(
                        "[{\"role\":\"assistant\",\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]}]",
                        "messages[0].tool_calls[0].function.arguments",
                        "JSON object"),
                Arguments.of(
                        "[{\"role\":\"assistant\",\"tool_calls\":[{\"type\":\"custom\",\"function\":{\"name\":\"f\"}}]}]",
                        "messages[0].tool_calls[0].type",
                        "'custom'"),
                Arguments.of(
                        "[" + "{\"role\":\"user\",\"content\":\"x\"},".repeat(4096)
                                + "{\"role\":\"user\",\"content\":\"x\"}]",
                        "messages",
                        "4096"));
    }

    @ParameterizedTest(name = "{1}: {2}")
    @MethodSource("refused")
    void aMessageThatCannotBeReadIsRefusedByItsPath(String messages, String param, String says) {
        TestServer.Answered answer = ask(messages);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.error().path("param").asText()).isEqualTo(param);
        assertThat(answer.error().path("message").asText()).contains(says);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{\"role\":\"system\",\"content\":\"a\"},{\"role\":\"user\",\"content\":\"b\",\"name\":\"bob\"}]",
                "[{\"role\":\"developer\",\"content\":\"a\"},{\"role\":\"user\",\"content\":\"b\"}]",
                "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]}]",
                "[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\",\"refusal\":null,\"annotations\":[]},"
                        + "{\"role\":\"user\",\"content\":\"\"}]",
                "[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"1\","
                        + "\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\":1}\"}}]},"
                        + "{\"role\":\"tool\",\"tool_call_id\":\"1\",\"content\":\"42\"}]"
            })
    void everyRoleAndFormOfContentIsRead(String messages) {
        TestServer.Answered answer = ask(messages);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    @Test
    void aLoneSurrogateIsReadAsTheReplacementCharacter() {
        String lone = server.post(
                        "/tokenize",
                        TestServer.completionBody(",\"prompt\":\"a\\ud800b\",\"add_special_tokens\":false"))
                .body();
        String replaced = server.post(
                        "/tokenize",
                        TestServer.completionBody(",\"prompt\":\"a\\ufffdb\",\"add_special_tokens\":false"))
                .body();
        assertThat(lone).isEqualTo(replaced).contains("\"count\"");
    }

    @Test
    void textOfASpecialTokenInAMessageStaysText() {
        String special = "<|begin_of_text|>";
        int asToken = server.post(
                        "/tokenize",
                        TestServer.completionBody(",\"prompt\":\"" + special + "\",\"add_special_tokens\":false"))
                .json()
                .path("count")
                .asInt();
        int plain = count("x");
        int forged = count("x" + special);
        assertThat(asToken).isEqualTo(1);
        assertThat(forged - plain).isGreaterThan(1);
    }

    private static int count(String content) {
        return server.post(
                        "/tokenize",
                        TestServer.completionBody(
                                ",\"messages\":[{\"role\":\"user\",\"content\":\"" + content + "\"}]"))
                .json()
                .path("count")
                .asInt();
    }
}
