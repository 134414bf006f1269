package org.carafe.server.admin;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.carafe.server.accounts.Assistant;
import org.carafe.server.accounts.AssistantSettings;

/** Acts on assistants. */
public final class AssistantActs {
    private static final int KEYS_NAMED_MAX = 3;

    private final ActContext context;

    AssistantActs(ActContext context) {
        this.context = context;
    }

    public AssistantView create(String actor, String name, AssistantSettings settings) {
        Check.name("an assistant's name", name);
        AssistantSettings checked = check(settings);
        return context.write(tables -> {
            if (!tables.assistants().add(name, checked, context.now())) {
                throw ActException.conflict("there is an assistant " + Check.shown(name) + " already");
            }
            context.audit(tables, actor, "assistants.create", name, AdminJson.details(checked));
            return AssistantView.of(Find.assistant(tables, name));
        });
    }

    /** Changes an assistant: {@code change} is told its settings and says what they are to be. */
    public AssistantView update(String actor, String name, UnaryOperator<AssistantSettings> change) {
        return context.write(tables -> {
            Assistant assistant = Find.assistant(tables, name);
            AssistantSettings checked = check(change.apply(assistant.settings()));
            tables.assistants().set(assistant.id(), checked);
            context.audit(tables, actor, "assistants.update", name, AdminJson.details(checked));
            return AssistantView.of(Find.assistant(tables, name));
        });
    }

    /** Deletes an assistant with its documents; while keys are bound to it that still work, it is a conflict. */
    public AssistantView delete(String actor, String name) {
        return context.write(tables -> {
            Assistant assistant = Find.assistant(tables, name);
            List<String> keys = tables.assistants().keysOf(assistant.id(), context.now(), KEYS_NAMED_MAX);
            if (!keys.isEmpty()) {
                throw ActException.conflict(
                        "assistant " + Check.shown(name) + " has keys: revoke " + String.join(", ", keys) + " first");
            }
            tables.assistants().delete(assistant.id());
            context.audit(tables, actor, "assistants.delete", name, Map.of());
            return AssistantView.of(assistant);
        });
    }

    public AssistantView show(String name) {
        return context.read(tables -> AssistantView.of(Find.assistant(tables, name)));
    }

    /** Assistants by name, after a name; "" is before all. */
    public List<AssistantView> list(String after, int limit) {
        int rows = Check.rows(limit);
        return context.read(tables -> tables.assistants().list(Find.from(after), rows).stream()
                .map(AssistantView::of)
                .toList());
    }

    private static AssistantSettings check(AssistantSettings settings) {
        return new AssistantSettings(
                Check.name("a model's id", settings.model()),
                Check.nameOrNull("an adapter's id", settings.adapter()),
                Check.text("a system prompt", settings.systemPrompt(), Check.PROMPT_CHARS_MAX),
                SamplingRule.check(settings.sampling()));
    }
}
