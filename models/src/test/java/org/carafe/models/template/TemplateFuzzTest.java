package org.carafe.models.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Mutated real templates and random tokens: whatever comes of it, it is text or a TemplateException, and soon. */
class TemplateFuzzTest {
    private static final String[] TOKENS = {
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "{%-",
        "-%}",
        "+%}",
        "-}}",
        " if ",
        " else ",
        " elif ",
        " endif ",
        " for ",
        " in ",
        " endfor ",
        " set ",
        " macro ",
        " endmacro ",
        " call ",
        " endcall ",
        " filter ",
        " with ",
        " raw ",
        " endraw ",
        " is ",
        " not ",
        " and ",
        " or ",
        "loop",
        "namespace(",
        "range(9)",
        "messages",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        "|",
        "~",
        "+",
        "-",
        "*",
        "/",
        "//",
        "**",
        "%",
        "==",
        "<",
        ".",
        ",",
        ":",
        "'",
        "\"",
        "\\",
        "\n",
        " ",
        "0",
        "1.5",
        "1e9",
        "none",
        "true",
        "caller()",
        "x",
        "tojson",
        "trim",
        "join",
        "map('upper')",
        "list",
        "é",
        "\u0000",
        "\ud83d",
        "😀",
        "\u2028"
    };

    @Test
    void mutatedTemplatesGiveTextOrATemplateException() {
        Random random = new Random(20260203);
        List<RealTemplate> templates = RealTemplate.all();
        List<JsonNode> conversations = RealTemplate.conversations();
        int rendered = 0;
        int refused = 0;
        for (int round = 0; round < 2500; round++) {
            RealTemplate template = templates.get(random.nextInt(templates.size()));
            String source = mutate(template.source(), random);
            ChatRenderRequest request = template.request(conversations.get(random.nextInt(conversations.size())));
            if (outcome(source, request)) {
                rendered++;
            } else {
                refused++;
            }
        }
        assertThat(rendered).isGreaterThan(200);
        assertThat(refused).isGreaterThan(200);
    }

    @Test
    void randomTokensGiveTextOrATemplateException() {
        Random random = new Random(42);
        int rendered = 0;
        for (int round = 0; round < 8_000; round++) {
            StringBuilder source = new StringBuilder();
            int length = 1 + random.nextInt(25);
            boolean variable = random.nextBoolean();
            source.append(variable ? "{{ " : "");
            for (int i = 0; i < length; i++) {
                source.append(TOKENS[random.nextInt(TOKENS.length)]);
            }
            source.append(variable ? " }}" : "");
            rendered += outcome(source.toString(), Requests.messages("[{'role': 'user', 'content': 'a'}]")) ? 1 : 0;
        }
        assertThat(rendered).isGreaterThan(40);
    }

    private static boolean outcome(String source, ChatRenderRequest request) {
        return Assertions.assertTimeout(Duration.ofSeconds(10), () -> {
            try {
                ChatTemplate.parse(source).render(request);
                return true;
            } catch (TemplateException expected) {
                assertThat(expected.getMessage()).as(source).isNotEmpty();
                return false;
            } catch (RuntimeException | Error crash) {
                throw new AssertionError("crashed on: " + source, crash);
            }
        });
    }

    private static String mutate(String source, Random random) {
        StringBuilder out = new StringBuilder(source);
        List<Integer> kinds = new ArrayList<>();
        int edits = 1 + random.nextInt(3);
        for (int i = 0; i < edits; i++) {
            kinds.add(random.nextInt(4));
        }
        for (int kind : kinds) {
            int at = random.nextInt(out.length() + 1);
            int end = Math.min(out.length(), at + 1 + random.nextInt(8));
            switch (kind) {
                case 0 -> out.delete(at, end);
                case 1 -> out.insert(at, TOKENS[random.nextInt(TOKENS.length)]);
                case 2 -> out.replace(at, end, TOKENS[random.nextInt(TOKENS.length)]);
                default -> out.insert(random.nextInt(out.length() + 1), out.substring(at, end));
            }
            if (out.isEmpty()) {
                out.append(' ');
            }
        }
        return out.toString();
    }
}
