package org.carafe.models.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A template of src/test/resources/chat-templates, with the tokens to render it with and what Python rendered. */
record RealTemplate(
        String name,
        String source,
        ChatTemplate parsed,
        @Nullable String bosToken,
        @Nullable String eosToken,
        JsonNode expected) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode CASES = json("cases.json");

    static List<RealTemplate> all() {
        List<RealTemplate> all = new ArrayList<>();
        for (String line : read("templates.tsv").lines().skip(1).toList()) {
            String[] columns = line.split("\t", -1);
            String source = read("templates/" + columns[0] + ".jinja");
            all.add(new RealTemplate(
                    columns[0],
                    source,
                    ChatTemplate.parse(source),
                    columns[1].isEmpty() ? null : columns[1],
                    columns[2].isEmpty() ? null : columns[2],
                    json("expected/" + columns[0] + ".json")));
        }
        return all;
    }

    static RealTemplate named(String name) {
        return all().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static List<JsonNode> conversations() {
        return CASES.path("cases").valueStream().toList();
    }

    static JsonNode conversation(String id) {
        return conversations().stream()
                .filter(each -> each.path("id").asText().equals(id))
                .findFirst()
                .orElseThrow();
    }

    ChatRenderRequest request(JsonNode conversation) {
        Map<String, JsonNode> kwargs = new HashMap<>();
        conversation.path("kwargs").properties().forEach(field -> kwargs.put(field.getKey(), field.getValue()));
        JsonNode tools = conversation.path("tools");
        return new ChatRenderRequest(
                conversation.path("messages"),
                tools.isNull() || tools.isMissingNode() ? null : tools,
                conversation.path("add_generation_prompt").booleanValue(),
                conversation.path("continue_final_message").booleanValue(),
                kwargs,
                bosToken,
                eosToken,
                LocalDateTime.parse(CASES.path("strftime_now").textValue()).toInstant(ZoneOffset.UTC));
    }

    @Override
    public String toString() {
        return name;
    }

    private static JsonNode json(String path) {
        try {
            return JSON.readTree(read(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(String path) {
        try (InputStream in = RealTemplate.class.getResourceAsStream("/chat-templates/" + path)) {
            return new String(Objects.requireNonNull(in, path).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
