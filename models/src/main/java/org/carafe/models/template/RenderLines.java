package org.carafe.models.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The line protocol of {@code carafe render}. A line in:
 * {@code {"messages":[..],"tools":[..],"add_generation_prompt":true,"continue_final_message":false,"kwargs":{}}} (all but
 * messages optional); a line out: {@code {"text":".."}}, or {@code {"error":"raised","message":".."}} where the template called
 * raise_exception, or {@code {"error":"template","message":".."}} for anything else. Messages reach the template as they are.
 */
public final class RenderLines {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    /** For text with half a surrogate pair, which UTF-8 cannot carry. */
    private static final JsonMapper ASCII_JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final ChatTemplate template;
    private final @Nullable String bosToken;
    private final @Nullable String eosToken;
    private final Instant now;

    public RenderLines(ChatTemplate template, @Nullable String bosToken, @Nullable String eosToken, Instant now) {
        this.template = template;
        this.bosToken = bosToken;
        this.eosToken = eosToken;
        this.now = now;
    }

    /** The line out for a line in. Never throws for what a line holds. */
    public String render(String line) {
        ObjectNode out = JSON.createObjectNode();
        try {
            out.put("text", template.render(request(line)));
        } catch (TemplateRaisedException raised) {
            out.put("error", "raised").put("message", raised.getMessage());
        } catch (TemplateException failure) {
            out.put("error", "template").put("message", failure.getMessage());
        }
        return write(out);
    }

    private ChatRenderRequest request(String line) {
        JsonNode in = parse(line);
        JsonNode kwargs = in.path("kwargs");
        Map<String, JsonNode> variables = new HashMap<>();
        kwargs.properties().forEach(field -> variables.put(field.getKey(), field.getValue()));
        JsonNode tools = in.path("tools");
        return new ChatRenderRequest(
                in.path("messages"),
                tools.isMissingNode() || tools.isNull() ? null : tools,
                in.path("add_generation_prompt").asBoolean(false),
                in.path("continue_final_message").asBoolean(false),
                variables,
                bosToken,
                eosToken,
                now);
    }

    private static JsonNode parse(String line) {
        try {
            JsonNode in = JSON.readTree(line);
            if (!in.isObject() || !in.path("messages").isArray()) {
                throw new TemplateException(
                        TemplateException.Kind.VALUE, "expected a JSON object with an array 'messages'", 0, 0);
            }
            return in;
        } catch (JsonProcessingException malformed) {
            throw new TemplateException(
                    TemplateException.Kind.VALUE, "line is not JSON: " + malformed.getOriginalMessage(), 0, 0);
        }
    }

    private static String write(ObjectNode out) {
        boolean halfPairs = out.valueStream()
                .anyMatch(value -> value.textValue().codePoints().anyMatch(RenderLines::isSurrogate));
        try {
            return (halfPairs ? ASCII_JSON : JSON).writeValueAsString(out);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree of strings is always JSON", impossible);
        }
    }

    private static boolean isSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }
}
