package org.carafe.models.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Function;
import org.carafe.models.template.TemplateException.Kind;
import org.carafe.models.template.jinja.library.TextTrim;
import org.carafe.models.template.jinja.value.Text;
import org.jspecify.annotations.Nullable;

/**
 * transformers' {@code continue_final_message}: the prompt ends with the content of the final message, so that the model
 * goes on with it. The content is looked for from the end of the rendered text, and what follows it is cut off. Where the
 * template keeps the blanks at the content's end they stay, where it strips them they go.
 *
 * <p>Only text that came from the caller is taken for the content: {@code "im"} is not found in {@code <|im_end|>}. Blank
 * content, which could be anywhere, is marked while it is rendered.
 */
final class FinalMessage {
    /** Stands in for blank content; nothing a template looks for, and no two callers get at it. */
    private static final String MARKER = "CONTINUE_FINAL_MESSAGE_TAG";

    private FinalMessage() {}

    static Text renderOpen(ChatRenderRequest request, Function<JsonNode, Text> render) {
        if (request.addGenerationPrompt()) {
            throw error("continue_final_message and add_generation_prompt are not compatible:"
                    + " one continues the final message, the other starts a new one");
        }
        String content = finalContent(request.messages());
        String stripped = TextTrim.strip(Text.of(content)).chars();
        if (stripped.isEmpty()) {
            Text rendered = render.apply(withFinalContent(request.messages(), MARKER));
            int at = lastUntrusted(rendered, MARKER);
            if (at < 0) {
                throw notFound();
            }
            return TextTrim.stripRight(rendered.slice(0, at));
        }
        Text rendered = render.apply(request.messages());
        int at = lastUntrusted(rendered, stripped);
        if (at < 0) {
            at = rendered.chars().lastIndexOf(stripped);
        }
        if (at < 0) {
            throw notFound();
        }
        String leftStripped = TextTrim.stripLeft(Text.of(content)).chars();
        boolean kept = leftStripped.equals(content) && rendered.chars().startsWith(content, at);
        return rendered.slice(0, at + (kept ? leftStripped : stripped).length());
    }

    private static int lastUntrusted(Text rendered, String wanted) {
        int[] ranges = rendered.untrustedRanges();
        for (int i = ranges.length - 2; i >= 0; i -= 2) {
            int at = rendered.chars().lastIndexOf(wanted, ranges[i + 1] - wanted.length());
            if (at >= ranges[i] && wanted.length() <= ranges[i + 1] - ranges[i]) {
                return at;
            }
        }
        return -1;
    }

    private static String finalContent(JsonNode messages) {
        JsonNode last = messages.path(messages.size() - 1).path("content");
        if (last.isTextual()) {
            return last.textValue();
        }
        JsonNode part = lastTextPart(last);
        if (part == null) {
            throw error("continue_final_message is set but the final message has no text to continue");
        }
        return part.path("text").textValue();
    }

    private static @Nullable JsonNode lastTextPart(JsonNode content) {
        for (int i = content.size() - 1; content.isArray() && i >= 0; i--) {
            if (content.get(i).path("text").isTextual()) {
                return content.get(i);
            }
        }
        return null;
    }

    private static JsonNode withFinalContent(JsonNode messages, String text) {
        ArrayNode copy = messages.deepCopy();
        ObjectNode last = (ObjectNode) copy.get(copy.size() - 1);
        if (last.path("content").isTextual()) {
            last.put("content", text);
        } else if (lastTextPart(last.path("content")) instanceof ObjectNode part) {
            part.put("text", text);
        }
        return copy;
    }

    private static TemplateException notFound() {
        return error(
                "continue_final_message is set but the final message does not appear in the chat after applying the chat"
                        + " template: the template deletes portions of the final message");
    }

    private static TemplateException error(String message) {
        return new TemplateException(Kind.VALUE, message, 0, 0);
    }
}
