package org.carafe.server.accounts;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All of a key that an administrator sets; null: no restriction.
 *
 * @param name what people call it; need not be unique
 * @param limits its own; where they say nothing, {@link Limits#KEY_DEFAULTS} hold
 * @param budgetMicros most that it may ever spend
 * @param assistant name of the assistant that it is bound to
 * @param expiresAt from when on it no longer works
 */
public record KeySettings(
        String name,
        KeyScope scope,
        Limits limits,
        @Nullable Long budgetMicros,
        @Nullable String assistant,
        @Nullable Instant expiresAt,
        Map<String, String> metadata) {
    public KeySettings {
        metadata = Map.copyOf(metadata);
    }

    /** Of a key about which nothing but its name was said. */
    public static KeySettings named(String name) {
        return new KeySettings(name, KeyScope.ALL, Limits.NONE, null, null, null, Map.of());
    }
}
