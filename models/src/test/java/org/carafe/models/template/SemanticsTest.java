package org.carafe.models.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Some 3,700 small templates against what Python's Jinja2 3.1.6 made of them; semantics/README.md tells how they came about. */
class SemanticsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(strings = {"expressions", "library", "statements", "generated-expressions", "generated-statements"})
    void everyTemplateGivesWhatPythonGives(String file) throws IOException {
        Map<String, JsonNode> variables = variables();
        List<String> differences = new ArrayList<>();
        List<String> lines =
                RealTemplate.read("semantics/" + file + ".jsonl").lines().toList();
        for (String line : lines) {
            JsonNode expected = JSON.readTree(line);
            String source = expected.path("template").textValue();
            String wanted = expected.has("text")
                    ? expected.path("text").textValue()
                    : expected.path("error").textValue()
                            + expected.path("message").asText("");
            String found = outcome(source, variables, expected.has("message"));
            if (!wanted.equals(found)) {
                differences.add(source + "\n  python: " + wanted + "\n  here:   " + found);
            }
        }
        assertThat(lines).hasSizeGreaterThan(400);
        assertThat(differences).isEmpty();
    }

    private static Map<String, JsonNode> variables() throws IOException {
        Map<String, JsonNode> variables = new HashMap<>();
        JSON.readTree(RealTemplate.read("semantics/variables.json"))
                .properties()
                .forEach(field -> variables.put(field.getKey(), field.getValue()));
        return variables;
    }

    private static String outcome(String source, Map<String, JsonNode> variables, boolean withMessage) {
        try {
            ChatRenderRequest request = new ChatRenderRequest(
                    JSON.createArrayNode(),
                    null,
                    false,
                    false,
                    variables,
                    null,
                    null,
                    LocalDateTime.of(2026, 2, 3, 9, 8, 7).toInstant(ZoneOffset.UTC));
            return ChatTemplate.parse(source).render(request);
        } catch (TemplateException failure) {
            return failure.kind() + (withMessage ? failure.detail() : "");
        }
    }
}
