package org.carafe.server.catalogue;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a model can do; {@code /v1/models} and catalogue files spell it in lower case. */
public enum Capability {
    CHAT,
    COMPLETIONS,
    STREAMING,
    LOGPROBS,
    VISION,
    TOOLS,
    EMBEDDINGS;

    /** As it is written. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The capability that a word names. */
    static Optional<Capability> of(String word) {
        return Arrays.stream(values())
                .filter(capability -> capability.word().equals(word))
                .findFirst();
    }

    /** All words, for messages. */
    static String words() {
        return Arrays.stream(values()).map(Capability::word).collect(Collectors.joining(", "));
    }
}
