package org.carafe.server.channels;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A valid {@code POST /v1/channels/chat}.
 *
 * @param pageUrl where the visitor is; null: not said
 * @param pageTitle of that page; null: not said
 * @param ignoredFields unknown fields that were let pass
 */
public record ChannelRequest(
        String message,
        String sessionId,
        @Nullable String pageUrl,
        @Nullable String pageTitle,
        boolean stream,
        List<String> ignoredFields) {
    /** The channel's system prompt, and what the page is; null where there is neither. */
    public @Nullable String systemPrompt(@Nullable String ofChannel) {
        StringBuilder out = new StringBuilder(ofChannel == null ? "" : ofChannel);
        if (pageUrl != null || pageTitle != null) {
            out.append(out.isEmpty() ? "" : "\n\n").append("The visitor is on this page (as their browser says it):");
            if (pageTitle != null) {
                out.append("\nTitle: ").append(pageTitle);
            }
            if (pageUrl != null) {
                out.append("\nURL: ").append(pageUrl);
            }
        }
        return out.isEmpty() ? null : out.toString();
    }
}
