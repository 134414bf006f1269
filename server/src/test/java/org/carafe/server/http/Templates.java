package org.carafe.server.http;

import java.util.ArrayList;
import java.util.List;
import org.carafe.models.checkpoint.Checkpoint;
import org.carafe.models.tokenizer.TextRange;
import org.carafe.server.openai.ChatMessage;
import org.carafe.server.serving.ChatRenderer;

/** The chat template of a checkpoint. */
final class Templates {
    private Templates() {}

    static ChatRenderer renderer(Checkpoint checkpoint) {
        return conversation -> {
            StringBuilder text = new StringBuilder();
            List<TextRange> untrusted = new ArrayList<>();
            for (ChatMessage message : conversation.messages()) {
                text.append(message.role().text()).append(": ");
                int start = text.length();
                text.append(String.join("\n", message.content()));
                untrusted.add(new TextRange(start, text.length()));
                text.append('\n');
            }
            return new ChatRenderer.Rendered(text.toString(), untrusted);
        };
    }
}
