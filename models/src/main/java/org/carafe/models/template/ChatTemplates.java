package org.carafe.models.template;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.carafe.models.template.TemplateException.Kind;

/** The chat templates of a checkpoint: {@code chat_template} may be a list of {@code {name, template}}. */
public final class ChatTemplates {
    private static final String DEFAULT = "default";
    private static final String TOOL_USE = "tool_use";

    private final SortedMap<String, ChatTemplate> byName;

    private ChatTemplates(SortedMap<String, ChatTemplate> byName) {
        this.byName = byName;
    }

    /**
     * Parses templates by name; one template alone is called {@code default}.
     *
     * @throws TemplateException whose message starts with the template's name
     */
    public static ChatTemplates parse(Map<String, String> sources) throws TemplateException {
        SortedMap<String, ChatTemplate> byName = new TreeMap<>();
        sources.forEach((name, source) -> {
            try {
                byName.put(name, ChatTemplate.parse(source));
            } catch (TemplateException failure) {
                String where = "chat template '" + name + "': " + failure.detail();
                throw new TemplateException(failure.kind(), where, failure.line(), failure.column());
            }
        });
        return new ChatTemplates(Collections.unmodifiableSortedMap(byName));
    }

    public boolean isEmpty() {
        return byName.isEmpty();
    }

    /**
     * The template for a conversation: with tools the one called {@code tool_use} if there is one, else {@code default}, else
     * the only one.
     */
    public ChatTemplate choose(boolean withTools) throws TemplateException {
        ChatTemplate forTools = withTools ? byName.get(TOOL_USE) : null;
        ChatTemplate chosen = forTools != null ? forTools : byName.get(DEFAULT);
        if (chosen == null && byName.size() == 1) {
            chosen = byName.get(byName.firstKey());
        }
        if (chosen == null) {
            throw new TemplateException(
                    Kind.LOOKUP,
                    byName.isEmpty()
                            ? "the model has no chat template"
                            : "the model has several chat templates and none is called 'default': " + byName.keySet(),
                    0,
                    0);
        }
        return chosen;
    }
}
