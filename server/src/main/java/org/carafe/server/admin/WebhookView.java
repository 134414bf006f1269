package org.carafe.server.admin;

import java.time.Instant;
import java.util.List;
import org.carafe.server.accounts.Webhook;
import org.carafe.server.accounts.WebhookEvent;
import org.jspecify.annotations.Nullable;

/**
 * A webhook as answers show it.
 *
 * @param secret that its deliveries are signed with: shown once, when it is made; null ever after
 * @param account null: of all accounts
 */
public record WebhookView(
        String id,
        @Nullable String secret,
        String url,
        @Nullable String account,
        List<String> events,
        Instant createdAt) {
    static WebhookView of(Webhook webhook, @Nullable String secret) {
        return new WebhookView(
                webhook.publicId(),
                secret,
                webhook.url(),
                webhook.account(),
                (webhook.events() == null ? List.of(WebhookEvent.values()) : webhook.events())
                        .stream().sorted().map(WebhookEvent::word).toList(),
                webhook.createdAt());
    }

    @Override
    public String toString() {
        return "WebhookView[" + id + "]";
    }
}
