package org.carafe.server.admin;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.carafe.server.accounts.Assistant;
import org.jspecify.annotations.Nullable;

/** An assistant as answers show it. */
public record AssistantView(
        String name,
        String model,
        @Nullable String adapter,
        @Nullable String systemPrompt,
        Map<String, Number> sampling,
        Instant createdAt) {
    static AssistantView of(Assistant assistant) {
        return new AssistantView(
                assistant.name(),
                assistant.settings().model(),
                assistant.settings().adapter(),
                assistant.settings().systemPrompt(),
                new TreeMap<>(assistant.settings().sampling()),
                assistant.createdAt());
    }
}
