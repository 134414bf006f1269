package org.carafe.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RenderProcessTest {
    @TempDir
    private Path home;

    @Test
    void everyConversationGetsItsLine() throws Exception {
        Path template = Files.writeString(
                home.resolve("chat.jinja"),
                "{{ bos_token }}{% for m in messages %}{% if m.role == 'tool' %}{{ raise_exception('no tools') }}{% endif %}"
                        + "[{{ m.role }}] {{ m.content }}{{ eos_token }}{% endfor %}{{ strftime_now('%d %b %Y') }}");
        try (Carafe carafe = Carafe.start(
                home,
                "render",
                "--template",
                template.toString(),
                "--bos",
                "<s>",
                "--eos",
                "</s>",
                "--now",
                "2026-02-03T09:08:07")) {
            carafe.type("""
                    {"messages":[{"role":"user","content":"Grüße\\u2028!"}]}

                    {"messages":[{"role":"tool","content":"x"}]}
                    no json
                    """);

            assertThat(carafe.line()).isEqualTo("{\"text\":\"<s>[user] Grüße\\u2028!</s>03 Feb 2026\"}");
            assertThat(carafe.line()).isEqualTo("{\"error\":\"raised\",\"message\":\"no tools\"}");
            assertThat(carafe.line()).startsWith("{\"error\":\"template\",\"message\":");
            assertThat(carafe.line()).isNull();
            assertThat(carafe.exit()).isZero();
        }
    }

    @Test
    void aTemplateThatIsNoneAnswersEveryLineWithWhereItIsWrong() throws Exception {
        Path template = Files.writeString(home.resolve("chat.jinja"), "{% for m in messages %}");
        try (Carafe carafe = Carafe.start(home, "render", "--template", template.toString())) {
            carafe.type("{\"messages\":[]}\n{\"messages\":[]}\n");

            assertThat(carafe.line())
                    .startsWith("{\"error\":\"template\",\"message\":")
                    .contains("line 1");
            assertThat(carafe.line()).startsWith("{\"error\":\"template\",\"message\":");
            assertThat(carafe.exit()).isZero();
        }
    }

    @Test
    void aMissingTemplateEndsWithOneLine() throws Exception {
        try (Carafe carafe = Carafe.start(home, "render", "--template", "none.jinja")) {
            assertThat(carafe.exit()).isEqualTo(2);
            assertThat(carafe.errors()).isEqualTo("carafe: --template none.jinja: no such file\n");
        }
    }
}
