package org.carafe.server.openai;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A valid {@code POST /tokenize}: exactly one of prompt and conversation.
 *
 * @param model null: the first one served
 */
public record TokenizeRequest(
        @Nullable String model,
        @Nullable String prompt,
        @Nullable Conversation conversation,
        boolean addSpecialTokens,
        boolean returnTokenStrings,
        List<String> ignoredFields) {}
