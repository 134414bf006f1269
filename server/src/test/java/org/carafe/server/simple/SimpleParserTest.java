package org.carafe.server.simple;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.simple.SimpleMessage.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SimpleParserTest {
    private static SimpleRequest parse(String body) {
        return new SimpleParser(false).parse(body.replace('\'', '"').getBytes(UTF_8));
    }

    @Test
    void aConversationIsRead() {
        SimpleRequest request = parse("{'messages':[{'role':'user','content':'a'},{'role':'assistant','content':'b'},"
                + "{'role':'user','content':'c'}],'stream':true}");
        assertThat(request.stream()).isTrue();
        assertThat(request.messages())
                .containsExactly(
                        new SimpleMessage(Role.USER, "a"),
                        new SimpleMessage(Role.ASSISTANT, "b"),
                        new SimpleMessage(Role.USER, "c"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|messages",
                "{'messages':[]}|messages",
                "{'messages':['x']}|messages[0]",
                "{'messages':[{'role':'system','content':'x'}]}|messages[0].role",
                "{'messages':[{'role':'user'}]}|messages[0].content",
                "{'messages':[{'role':'user','content':'x','name':'y'}]}|messages[0].name",
                "{'messages':[{'role':'user','content':'x'},{'role':'assistant','content':'y'}]}|messages[1].role",
                "{'messages':[{'role':'user','content':'x'}],'temperature':1}|temperature",
                "{'messages':[{'role':'user','content':'x'}],'model':null}|model",
                "{'messages':[{'role':'user','content':'x'}],'model':'gpt'}|model"
            })
    void theFieldAtFaultIsNamedAndItIsA422(String body, String field) {
        assertThatThrownBy(() -> parse(body)).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.param()).isEqualTo(field);
            assertThat(SimpleErrors.status(e.kind())).isEqualTo(422);
        });
    }

    @Test
    void aModelIsNotLetPassEvenWhereUnknownFieldsAre() {
        byte[] body = "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"model\":\"m\"}".getBytes(UTF_8);
        assertThatThrownBy(() -> new SimpleParser(true).parse(body)).hasMessageContaining("model");
    }

    @Test
    void aMessageOverItsLimitIsTooLarge() {
        String large = "x".repeat(SimpleParser.MESSAGE_CHARS_MAX + 1);
        assertThatThrownBy(() -> parse("{'messages':[{'role':'user','content':'" + large + "'}]}"))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INPUT_TOO_LARGE));
    }
}
