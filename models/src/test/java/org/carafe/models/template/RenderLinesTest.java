package org.carafe.models.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The line protocol of {@code carafe render}. */
class RenderLinesTest {
    private static final RenderLines LINES = new RenderLines(
            ChatTemplate.parse(
                    "{{ bos_token }}{% for m in messages %}{% if m.role == 'x' %}{{ raise_exception('no x: ' + m.role) }}"
                            + "{% endif %}{{ m.content + '' }}{% endfor %}{{ tools|tojson }}{{ '!' if add_generation_prompt }}{{ mood }}"),
            "<s>",
            null,
            Instant.parse("2026-02-03T09:08:07Z"));

    @Test
    void aConversationBecomesText() {
        assertThat(
                        LINES.render(
                                "{\"messages\":[{\"role\":\"user\",\"content\":\"Hé \\\"😀\\\"\"}],\"tools\":null,"
                                        + "\"add_generation_prompt\":true,\"continue_final_message\":false,\"kwargs\":{\"mood\":\"ok\"}}"))
                .isEqualTo("{\"text\":\"<s>Hé \\\"😀\\\"null!ok\"}");
        assertThat(LINES.render("{\"messages\":[]}")).isEqualTo("{\"text\":\"<s>null\"}");
    }

    @Test
    void aRefusedConversationBecomesARaisedError() {
        assertThat(LINES.render("{\"messages\":[{\"role\":\"x\",\"content\":\"a\"}]}"))
                .isEqualTo("{\"error\":\"raised\",\"message\":\"no x: x\"}");
    }

    @Test
    void anythingElseBecomesATemplateError() {
        assertThat(LINES.render("{\"messages\":[{\"role\":\"user\",\"content\":null}]}"))
                .startsWith("{\"error\":\"template\",\"message\":\"line 1, column ");
        assertThat(LINES.render("nonsense")).startsWith("{\"error\":\"template\",\"message\":\"line is not JSON: ");
        assertThat(LINES.render("")).startsWith("{\"error\":\"template\"");
        assertThat(LINES.render("[]")).startsWith("{\"error\":\"template\"");
        assertThat(LINES.render("{} {}")).startsWith("{\"error\":\"template\"");
        assertThat(LINES.render("[".repeat(5000))).startsWith("{\"error\":\"template\"");
    }

    @Test
    void halfASurrogatePairIsEscaped() {
        assertThat(LINES.render("{\"messages\":[{\"role\":\"user\",\"content\":\"\\ud83d\"}]}"))
                .isEqualTo("{\"text\":\"<s>\\uD83Dnull\"}");
    }

    @Test
    void everyRealRenderingComesOutOfALine() {
        RealTemplate template = RealTemplate.named("llama-3.1-8b-instruct");
        RenderLines lines = new RenderLines(template.parsed(), template.bosToken(), template.eosToken(), Instant.EPOCH);
        for (JsonNode conversation : RealTemplate.conversations()) {
            JsonNode expected = template.expected().path(conversation.path("id").textValue());
            if (expected.has("text")) {
                ObjectNode line = conversation.deepCopy();
                assertThat(Requests.json(lines.render(line.toString())).path("text"))
                        .isEqualTo(expected.path("text"));
            }
        }
    }
}
