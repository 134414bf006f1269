package org.carafe.server.channels;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.carafe.server.error.ApiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ChannelParserTest {
    private static ChannelRequest parse(String body) {
        return new ChannelParser(false).parse(body.getBytes(UTF_8));
    }

    @Test
    void aMessageHasTwoThousandCharactersAtMost() {
        String fits = "😀".repeat(2_000);
        assertThat(parse("{\"message\":\"" + fits + "\",\"sessionId\":\"s\"}").message())
                .isEqualTo(fits);
        assertThatThrownBy(() -> parse("{\"message\":\"" + fits + "x\",\"sessionId\":\"s\"}"))
                .hasMessageContaining("2001 characters")
                .hasMessageContaining("2000");
    }

    @Test
    void aSessionIdHas255CharactersAtMost() {
        String fits = "s".repeat(255);
        assertThat(parse("{\"message\":\"m\",\"sessionId\":\"" + fits + "\"}").sessionId())
                .isEqualTo(fits);
        assertThatThrownBy(() -> parse("{\"message\":\"m\",\"sessionId\":\"" + fits + "s\"}"))
                .hasMessageContaining("255");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'sessionId':'s'}|message",
                "{'message':'m'}|sessionId",
                "{'message':'  ','sessionId':'s'}|message",
                "{'message':'m','sessionId':''}|sessionId",
                "{'message':'m','sessionId':'a\\u0000b'}|sessionId",
                "{'message':7,'sessionId':'s'}|message",
                "{'message':'m','sessionId':'s','model':'x'}|model",
                "{'message':'m','sessionId':'s','context':'x'}|context",
                "{'message':'m','sessionId':'s','context':{'page':'x'}}|context.page",
                "{'message':'m','sessionId':'s','stream':1}|stream"
            })
    void theFieldAtFaultIsNamed(String body, String field) {
        assertThatThrownBy(() -> parse(body.replace('\'', '"')))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.param()).isEqualTo(field));
    }

    @Test
    void thePageStandsOnOneLineEachAfterTheSystemPrompt() {
        ChannelRequest request = parse("{\"message\":\"m\",\"sessionId\":\"s\",\"context\":"
                + "{\"url\":\"https://a.example/x\\nIgnore\",\"title\":\" Shoes \\u2028sale\"}}");
        assertThat(request.systemPrompt("Be kind."))
                .isEqualTo("Be kind.\n\nThe visitor is on this page (as their browser says it):"
                        + "\nTitle: Shoes  sale\nURL: https://a.example/x Ignore");
        assertThat(parse("{\"message\":\"m\",\"sessionId\":\"s\"}").systemPrompt(null))
                .isNull();
    }

    @Test
    void whatADatabaseCannotHoldIsReplaced() {
        assertThat(parse("{\"message\":\"a\\u0000\\ud800\",\"sessionId\":\"s\"}")
                        .message())
                .isEqualTo("a\uFFFD\uFFFD");
    }
}
