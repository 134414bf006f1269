package org.carafe.server.serving;

import java.util.List;
import org.carafe.models.tokenizer.TextRange;
import org.carafe.server.openai.Conversation;

/** A model's chat template. Thread-safe. */
public interface ChatRenderer {
    /**
     * The prompt of a conversation.
     *
     * @throws org.carafe.server.error.ApiException {@code INVALID_VALUE} where the template refuses the conversation
     */
    Rendered render(Conversation conversation);

    /**
     * A rendered prompt.
     *
     * @param untrusted parts of the text that the caller wrote, ordered: no special token is made of them
     */
    record Rendered(String text, List<TextRange> untrusted) {}
}
