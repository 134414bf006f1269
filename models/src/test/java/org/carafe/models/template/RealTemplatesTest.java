package org.carafe.models.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.carafe.models.template.TemplateException.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Real templates of the families Carafe serves, against what Python's Jinja2 3.1.6 made of the same conversations. */
class RealTemplatesTest {
    static Stream<Arguments> renderings() {
        List<Arguments> all = new ArrayList<>();
        for (RealTemplate template : RealTemplate.all()) {
            for (JsonNode conversation : RealTemplate.conversations()) {
                all.add(Arguments.of(template, conversation.path("id").asText(), conversation));
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("renderings")
    void rendersByteForByteWhatPythonRenders(RealTemplate template, String id, JsonNode conversation) {
        JsonNode expected = template.expected().path(id);
        ChatRenderRequest request = template.request(conversation);
        if (expected.has("text")) {
            assertThat(template.parsed().render(request))
                    .isEqualTo(expected.path("text").textValue());
            assertThat(template.parsed().renderMarked(request).text())
                    .isEqualTo(expected.path("text").textValue());
            return;
        }
        TemplateException failure = catchThrowableOfType(
                TemplateException.class, () -> template.parsed().render(request));
        assertThat(failure.kind()).isEqualTo(kind(expected.path("error").textValue()));
        assertThat(failure.detail()).isEqualTo(expected.path("message").textValue());
        assertThat(failure instanceof TemplateRaisedException).isEqualTo(failure.kind() == Kind.RAISED);
    }

    private static Kind kind(String error) {
        return switch (error) {
            case "raised" -> Kind.RAISED;
            case "UndefinedError" -> Kind.UNDEFINED;
            case "TypeError" -> Kind.TYPE;
            default -> throw new IllegalArgumentException(error);
        };
    }
}
