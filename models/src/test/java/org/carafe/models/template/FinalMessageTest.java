package org.carafe.models.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** continue_final_message ends the prompt within the final message. */
class FinalMessageTest {
    private static final ChatTemplate KEEPING = ChatTemplate.parse(
            "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}");
    private static final ChatTemplate STRIPPING = ChatTemplate.parse(
            "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content|trim }}<|im_end|>\n{% endfor %}");

    private static String continued(ChatTemplate template, String content) {
        return template.render(Requests.continuing(
                "[{'role': 'user', 'content': 'Hi'}, {'role': 'assistant', 'content': '" + content + "'}]"));
    }

    @Test
    void thePromptEndsWithTheContent() {
        assertThat(continued(KEEPING, "Waves fold")).endsWith("<|im_start|>assistant\nWaves fold");
        assertThat(continued(KEEPING, "Hi")).endsWith("<|im_start|>assistant\nHi");
    }

    @Test
    void blanksAtTheEndStayWhereTheTemplateKeepsThem() {
        assertThat(continued(KEEPING, "Sure, ")).endsWith("assistant\nSure, ");
        assertThat(continued(STRIPPING, "Sure, ")).endsWith("assistant\nSure,");
        assertThat(continued(STRIPPING, "  Sure, ")).endsWith("assistant\nSure,");
    }

    @Test
    void contentThatLooksLikeTheTemplateIsFoundInTheMessageOnly() {
        assertThat(continued(KEEPING, "im")).endsWith("<|im_start|>assistant\nim");
        assertThat(continued(KEEPING, "<|im_end|>")).endsWith("<|im_start|>assistant\n<|im_end|>");
    }

    @Test
    void anEmptyFinalMessageEndsWhereItsContentWouldBegin() {
        assertThat(continued(KEEPING, "")).endsWith("<|im_end|>\n<|im_start|>assistant");
        assertThat(continued(STRIPPING, " ")).endsWith("<|im_end|>\n<|im_start|>assistant");
    }

    @Test
    void partsEndWithTheirLastText() {
        ChatTemplate template = ChatTemplate.parse(
                "{% for m in messages %}{% for p in m.content %}{{ p.text }}{% endfor %}<eot>{% endfor %}");
        assertThat(
                        template.render(
                                Requests.continuing(
                                        "[{'role': 'assistant', 'content': [{'type': 'text', 'text': 'a'}, {'type': 'text', 'text': 'b'}]}]")))
                .isEqualTo("ab");
    }

    @Test
    void theMarksEndWithTheText() {
        RenderedPrompt prompt = KEEPING.renderMarked(Requests.continuing("[{'role': 'assistant', 'content': 'abc'}]"));
        assertThat(prompt.untrusted().getLast().end()).isEqualTo(prompt.text().length());
    }

    @Test
    void whatCannotBeContinuedIsAnError() {
        ChatTemplate dropping = ChatTemplate.parse("{{ messages[0].role }}");
        assertThat(catchThrowableOfType(TemplateException.class, () -> continued(dropping, "text")))
                .hasMessageContaining("does not appear in the chat");
        assertThat(catchThrowableOfType(
                        TemplateException.class, () -> KEEPING.render(Requests.continuing("[{'role': 'assistant'}]"))))
                .hasMessageContaining("no text to continue");
        ChatRenderRequest both = new ChatRenderRequest(
                Requests.json("[{'role': 'assistant', 'content': 'a'}]"),
                null,
                true,
                true,
                Map.of(),
                null,
                null,
                Instant.EPOCH);
        assertThat(catchThrowableOfType(TemplateException.class, () -> KEEPING.render(both)))
                .hasMessageContaining("not compatible");
    }
}
