package org.carafe.models.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

/** OpenAI's content, made into what a template takes. */
class MessageFlatteningTest {
    private static final String STRINGS = "{% for m in messages %}{{ m['content'] }}{% endfor %}";
    private static final String PARTS =
            "{% for m in messages %}{% for p in m.content %}{{ p.text }}{% endfor %}{% endfor %}";
    private static final String BOTH =
            "{% for m in messages %}{% if m['content'] is string %}{{ m['content'] }}{% else %}"
                    + "{% for p in m['content'] %}{{ p['text'] }}{% endfor %}{% endif %}{% endfor %}";

    private static String prepared(String template, String content) {
        JsonNode messages = Requests.json("[{'role': 'user', 'content': " + content + "}]");
        return MessageFlattening.prepare(messages, ChatTemplate.parse(template))
                .get(0)
                .path("content")
                .toString();
    }

    private static ContentUse use(String template) {
        return ChatTemplate.parse(template).contentUse();
    }

    @Test
    void templatesThatTakeStringsGetThePartsJoined() {
        assertThat(prepared(STRINGS, "'a'")).isEqualTo("\"a\"");
        assertThat(prepared(STRINGS, "[{'type': 'text', 'text': 'a'}, {'type': 'text', 'text': 'b'}]"))
                .isEqualTo("\"a\\nb\"");
        assertThat(prepared(STRINGS, "[]")).isEqualTo("\"\"");
        assertThat(prepared(STRINGS, "[{'type': 'refusal', 'refusal': 'no'}]")).isEqualTo("\"no\"");
    }

    @Test
    void aPartThatIsNotTextIsAnErrorWhereItWouldBeLost() {
        assertThat(catchThrowableOfType(
                        TemplateException.class,
                        () -> prepared(STRINGS, "[{'type': 'image_url', 'image_url': {'url': 'x'}}]")))
                .hasMessage("content of message 0 has a part of type 'image_url', but this model takes text only");
    }

    @Test
    void templatesThatLoopOverContentGetParts() {
        assertThat(prepared(PARTS, "'a'")).isEqualTo("[{\"type\":\"text\",\"text\":\"a\"}]");
        assertThat(prepared(PARTS, "[{'type': 'image'}, {'type': 'text', 'text': 'a'}]"))
                .isEqualTo("[{\"type\":\"image\"},{\"type\":\"text\",\"text\":\"a\"}]");
        assertThat(prepared(PARTS, "null")).isEqualTo("[]");
    }

    @Test
    void templatesThatAskGetContentAsItIsButASingleTextAsAString() {
        assertThat(prepared(BOTH, "'a'")).isEqualTo("\"a\"");
        assertThat(prepared(BOTH, "[{'type': 'text', 'text': 'a'}]")).isEqualTo("\"a\"");
        assertThat(prepared(BOTH, "[{'type': 'text', 'text': 'a'}, {'type': 'text', 'text': 'b'}]"))
                .isEqualTo("[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]");
    }

    @Test
    void noContentIsEmptyTextUnlessTheTemplateAsksForNone() {
        String asking =
                "{% for m in messages %}{% if m['content'] is not none %}{{ m.content }}{% endif %}{% endfor %}";
        JsonNode absent = Requests.json("[{'role': 'assistant'}]");
        assertThat(prepared(STRINGS, "null")).isEqualTo("\"\"");
        assertThat(prepared(asking, "null")).isEqualTo("null");
        assertThat(MessageFlattening.prepare(absent, ChatTemplate.parse(STRINGS))
                        .toString())
                .isEqualTo("[{\"role\":\"assistant\",\"content\":\"\"}]");
        assertThat(MessageFlattening.prepare(absent, ChatTemplate.parse(asking)).toString())
                .isEqualTo("[{\"role\":\"assistant\",\"content\":null}]");
    }

    @Test
    void theGivenMessagesAreNotChanged() {
        JsonNode messages = Requests.json("[{'role': 'user', 'content': null, 'name': 'x'}]");
        JsonNode prepared = MessageFlattening.prepare(messages, ChatTemplate.parse(STRINGS));
        assertThat(messages.get(0).path("content").isNull()).isTrue();
        assertThat(prepared.get(0).path("name").textValue()).isEqualTo("x");
    }

    @Test
    void realTemplatesAreReadRightly() {
        for (RealTemplate template : RealTemplate.all()) {
            ContentUse use = template.parsed().contentUse();
            boolean parts =
                    template.name().equals("gemma-3-it") || template.name().equals("llama-3.2-11b-vision-instruct");
            assertThat(use).as(template.name()).isEqualTo(new ContentUse(parts, parts, false));
        }
    }

    @Test
    void contentIsFollowedThroughVariablesSlicesFiltersAndMacros() {
        assertThat(
                        use("{% set ms = messages[1:] %}{% for m in ms %}{% for c in m['content'] %}{% endfor %}{% endfor %}")
                                .wantsParts())
                .isTrue();
        assertThat(use("{% for m in messages %}{% set c = m.content %}{% for p in c %}{% endfor %}{% endfor %}")
                        .wantsParts())
                .isTrue();
        assertThat(use(
                        "{% macro r(c) %}{% if c is string %}{% else %}{% for p in c %}{% endfor %}{% endif %}{% endmacro %}"
                                + "{% for m in messages %}{{ r(m.content) }}{% endfor %}"))
                .isEqualTo(new ContentUse(true, true, false));
        assertThat(use("{% for p in messages[0]['content'] %}{% endfor %}").wantsParts())
                .isTrue();
        assertThat(use("{% for m in messages %}{% for c in m.tool_calls %}{% endfor %}{% endfor %}")
                        .wantsParts())
                .isFalse();
        assertThat(use("{% for m in messages %}{% if m.content == none %}{% endif %}{% endfor %}")
                        .knowsNone())
                .isTrue();
    }
}
