package org.carafe.models.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Choosing among a checkpoint's templates; and one template in many hands. */
class ChatTemplatesTest {
    private static String chosen(ChatTemplates templates, boolean withTools) {
        return templates.choose(withTools).render(Requests.messages("[]"));
    }

    @Test
    void conversationsWithToolsGetTheTemplateForTools() {
        ChatTemplates templates = ChatTemplates.parse(Map.of("default", "D", "tool_use", "T", "rag", "R"));
        assertThat(chosen(templates, false)).isEqualTo("D");
        assertThat(chosen(templates, true)).isEqualTo("T");
        assertThat(chosen(ChatTemplates.parse(Map.of("default", "D")), true)).isEqualTo("D");
        assertThat(chosen(ChatTemplates.parse(Map.of("other", "O")), false)).isEqualTo("O");
    }

    @Test
    void severalTemplatesWithoutADefaultAreAnErrorThatNamesThem() {
        ChatTemplates templates = ChatTemplates.parse(Map.of("b", "B", "a", "A"));
        assertThat(catchThrowableOfType(TemplateException.class, () -> templates.choose(false)))
                .hasMessageContaining("[a, b]");
        assertThat(catchThrowableOfType(
                        TemplateException.class,
                        () -> ChatTemplates.parse(Map.of()).choose(true)))
                .hasMessage("the model has no chat template");
    }

    @Test
    void aBrokenTemplateIsNamed() {
        assertThat(catchThrowableOfType(
                        TemplateException.class, () -> ChatTemplates.parse(Map.of("tool_use", "\n{% if %}"))))
                .hasMessageStartingWith("line 2, column 7: chat template 'tool_use': Expected an expression");
    }

    @Test
    void oneTemplateRendersInManyThreadsAtOnce() throws Exception {
        RealTemplate template = RealTemplate.named("llama-3.2-3b-instruct");
        ChatRenderRequest request = template.request(RealTemplate.conversation("call-full-loop"));
        String expected =
                template.expected().path("call-full-loop").path("text").textValue();
        List<Callable<String>> tasks = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            tasks.add(() -> template.parsed().render(request));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<String> rendering : threads.invokeAll(tasks)) {
                assertThat(rendering.get()).isEqualTo(expected);
            }
        }
    }
}
