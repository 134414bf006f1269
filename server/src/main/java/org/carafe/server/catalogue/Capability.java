package org.carafe.server.catalogue;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.carafe.server.accounts.Worded;

/** What a model can do; {@code /v1/models} and catalogue files spell it in lower case. */
public enum Capability implements Worded {
    CHAT,
    COMPLETIONS,
    STREAMING,
    LOGPROBS,
    VISION,
    TOOLS,
    EMBEDDINGS;

    /** All words, for messages. */
    static String words() {
        return Arrays.stream(values()).map(Capability::word).collect(Collectors.joining(", "));
    }
}
