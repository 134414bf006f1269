package org.carafe.models.tokenizer;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The text side of a checkpoint, unparsed.
 *
 * @param tokenizerJson the content of tokenizer.json, or one built from GGUF metadata
 * @param chatTemplates by name ({@code default}, {@code tool_use}, ...); empty where the model has none
 * @param beginToken text of the BOS token
 * @param endToken text of the EOS token
 * @param addBeginToken the tokenizer puts BOS before plain text (not before rendered chats)
 */
public record TextAssets(
        String tokenizerJson,
        Map<String, String> chatTemplates,
        @Nullable String beginToken,
        @Nullable String endToken,
        boolean addBeginToken) {
    public TextAssets {
        chatTemplates = Map.copyOf(chatTemplates);
    }
}
