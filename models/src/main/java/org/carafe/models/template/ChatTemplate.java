package org.carafe.models.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.carafe.models.template.TemplateException.Kind;
import org.carafe.models.template.jinja.TemplateLimits;
import org.carafe.models.template.jinja.eval.CompiledTemplate;
import org.carafe.models.template.jinja.library.Globals;
import org.carafe.models.template.jinja.syntax.SyntaxTree;
import org.carafe.models.template.jinja.value.BoolValue;
import org.carafe.models.template.jinja.value.NoneValue;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.Value;
import org.carafe.models.tokenizer.TextRange;

/**
 * A chat template ({@code chat_template} of tokenizer_config.json, or chat_template.jinja). Renders what transformers'
 * {@code apply_chat_template(..., tokenize=False)} renders, byte for byte. Immutable; any number of threads may use one.
 */
public final class ChatTemplate {
    private static final Set<String> RESERVED =
            Set.of("messages", "tools", "documents", "add_generation_prompt", "raise_exception", "strftime_now");

    private final CompiledTemplate compiled;
    private final ContentUse contentUse;

    private ChatTemplate(CompiledTemplate compiled, ContentUse contentUse) {
        this.compiled = compiled;
        this.contentUse = contentUse;
    }

    /** TemplateException of kind SYNTAX, UNSUPPORTED or LIMIT where the source is no template this interpreter can run. */
    public static ChatTemplate parse(String source) throws TemplateException {
        return parse(source, TemplateLimits.DEFAULT);
    }

    static ChatTemplate parse(String source, TemplateLimits limits) {
        SyntaxTree tree = SyntaxTree.parse(source, limits);
        return new ChatTemplate(CompiledTemplate.compile(tree, limits), ContentUse.of(tree));
    }

    /** How the template uses the content of messages, which decides how {@link MessageFlattening} prepares them. */
    public ContentUse contentUse() {
        return contentUse;
    }

    /** The prompt's text. {@link TemplateRaisedException} where the template refuses the conversation. */
    public String render(ChatRenderRequest request) throws TemplateException {
        return renderText(request).chars();
    }

    /** The prompt's text and which of it came from the caller. Fails as {@link #render} does. */
    public RenderedPrompt renderMarked(ChatRenderRequest request) throws TemplateException {
        Text text = renderText(request);
        int[] ranges = text.untrustedRanges();
        List<TextRange> untrusted = new ArrayList<>(ranges.length / 2);
        for (int i = 0; i < ranges.length; i += 2) {
            untrusted.add(new TextRange(ranges[i], ranges[i + 1]));
        }
        return new RenderedPrompt(text.chars(), untrusted);
    }

    private Text renderText(ChatRenderRequest request) {
        return request.continueFinalMessage()
                ? FinalMessage.renderOpen(request, messages -> compiled.render(variables(request, messages)))
                : compiled.render(variables(request, request.messages()));
    }

    private static Map<String, Value> variables(ChatRenderRequest request, JsonNode messages) {
        Map<String, Value> variables = new HashMap<>();
        if (request.bosToken() != null) {
            variables.put("bos_token", Text.of(request.bosToken()));
        }
        if (request.eosToken() != null) {
            variables.put("eos_token", Text.of(request.eosToken()));
        }
        request.kwargs().forEach((name, value) -> {
            if (RESERVED.contains(name)) {
                throw new TemplateException(
                        Kind.TYPE, "chat template argument '" + name + "' cannot be overridden", 0, 0);
            }
            variables.put(name, JsonValues.of(value));
        });
        variables.put("messages", JsonValues.messages(messages));
        variables.put("tools", request.tools() == null ? NoneValue.NONE : JsonValues.of(request.tools()));
        variables.put("documents", NoneValue.NONE);
        variables.put("add_generation_prompt", BoolValue.of(request.addGenerationPrompt()));
        variables.put("strftime_now", Globals.strftimeNow(request.now()));
        return variables;
    }
}
