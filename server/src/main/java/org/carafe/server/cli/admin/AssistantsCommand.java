package org.carafe.server.cli.admin;

import java.util.HashMap;
import java.util.Map;
import org.carafe.server.accounts.AssistantSettings;
import org.carafe.server.admin.AdminActs;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code carafe assistants}. */
@Command(name = "assistants", description = "Assistants: a model with a system prompt, for simple chat.")
final class AssistantsCommand extends LedgerCommand {
    AssistantsCommand() {}

    /** What an assistant can be told, at its creation and later; "" removes a text. */
    @Command
    static final class AssistantOptions {
        @Option(names = "--model", paramLabel = "M", description = "The model that answers.")
        private @Nullable String model;

        @Option(names = "--adapter", paramLabel = "A", description = "A LoRA adapter of that model.")
        private @Nullable String adapter;

        @Option(
                names = "--system-prompt",
                paramLabel = "TEXT",
                description = "What it is told before each conversation.")
        private @Nullable String systemPrompt;

        @Option(
                names = "--sampling",
                paramLabel = "FIELD=NUMBER",
                description = "A default of requests, such as temperature=0.2 or max_tokens=500; may be repeated.")
        private Map<String, Double> sampling = new HashMap<>();

        AssistantSettings over(AssistantSettings settings) {
            Map<String, Number> numbers = new HashMap<>(settings.sampling());
            numbers.putAll(sampling);
            return new AssistantSettings(
                    model == null ? settings.model() : model,
                    text(adapter, settings.adapter()),
                    text(systemPrompt, settings.systemPrompt()),
                    numbers);
        }

        private static @Nullable String text(@Nullable String given, @Nullable String current) {
            if (given == null) {
                return current;
            }
            return given.isEmpty() ? null : given;
        }
    }

    @Command(description = "Make an assistant.", mixinStandardHelpOptions = true, sortOptions = false)
    int create(
            @Parameters(paramLabel = "NAME", description = "1 to 200 visible characters; answers carry it.")
                    String name,
            @Mixin AssistantOptions assistant) {
        if (assistant.model == null) {
            throw misuse("Missing required option: '--model=M'");
        }
        AssistantSettings settings = assistant.over(new AssistantSettings(assistant.model, null, null, Map.of()));
        return one(acts -> acts.assistants().create(AdminActs.SHELL, name, settings));
    }

    @Command(
            description = "Change an assistant: what is not said stays.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    int update(
            @Parameters(paramLabel = "NAME", description = "The assistant.") String name,
            @Mixin AssistantOptions assistant) {
        return one(acts -> acts.assistants().update(AdminActs.SHELL, name, assistant::over));
    }

    @Command(description = "Show an assistant.", mixinStandardHelpOptions = true)
    int show(@Parameters(paramLabel = "NAME", description = "The assistant.") String name) {
        return one(acts -> acts.assistants().show(name));
    }

    @Command(description = "Delete an assistant with its documents.", mixinStandardHelpOptions = true)
    int delete(@Parameters(paramLabel = "NAME", description = "The assistant.") String name) {
        return one(acts -> acts.assistants().delete(AdminActs.SHELL, name));
    }

    @Command(description = "List assistants.", mixinStandardHelpOptions = true)
    int list(@Mixin PageOptions.ByName page) {
        return list(
                acts -> acts.assistants().list(page.after, page.limit),
                "~name",
                "~model",
                "~adapter",
                "created_at:created");
    }
}
