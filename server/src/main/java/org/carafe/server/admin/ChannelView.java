package org.carafe.server.admin;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.carafe.server.accounts.ApiKey;
import org.carafe.server.accounts.Channel;
import org.carafe.server.accounts.Limits;
import org.carafe.server.ledger.Credits;
import org.jspecify.annotations.Nullable;

/**
 * A channel as answers show it; amounts are credits.
 *
 * @param key its text; null in lists
 * @param spent all that its current key has cost
 */
public record ChannelView(
        String id,
        @Nullable String key,
        String name,
        String account,
        String model,
        boolean enabled,
        @Nullable String systemPrompt,
        @Nullable List<String> origins,
        @Nullable Long requestsPerMinute,
        @Nullable Long dailyQuota,
        String keyId,
        String keyPrefix,
        BigDecimal spent,
        @Nullable Instant disabledAt,
        Instant createdAt) {
    static ChannelView of(Channel channel, @Nullable String text) {
        ApiKey key = channel.key();
        Limits limits = key.settings().limits().or(Limits.KEY_DEFAULTS);
        return new ChannelView(
                channel.publicId(),
                text,
                channel.name(),
                channel.account(),
                channel.model(),
                channel.disabledAt() == null,
                channel.systemPrompt(),
                key.settings().scope().origins(),
                limits.requestsPerMinute(),
                limits.requestsPerDay(),
                key.publicId(),
                key.prefix(),
                Credits.of(key.spentMicros()),
                channel.disabledAt(),
                channel.createdAt());
    }

    @Override
    public String toString() {
        return "ChannelView[" + id + "]";
    }
}
