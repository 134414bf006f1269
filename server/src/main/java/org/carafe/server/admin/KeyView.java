package org.carafe.server.admin;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.carafe.server.accounts.ApiKey;
import org.carafe.server.accounts.KeyKind;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.carafe.server.ledger.Credits;
import org.jspecify.annotations.Nullable;

/**
 * A key as answers show it; amounts are credits, null means no restriction.
 *
 * @param key its text: shown once, when it is made; null ever after
 * @param status {@code active}, {@code rotated} (works until it expires), {@code expired} or {@code revoked}
 * @param limits in force, the defaults filled in; one set for it and for the keys it was rotated from
 * @param spent of the budget, by it and by the keys it was rotated from
 * @param replacedBy id of the key that it was rotated to
 */
public record KeyView(
        String id,
        @Nullable String key,
        String name,
        @Nullable String account,
        String kind,
        String prefix,
        String status,
        @Nullable List<String> models,
        @Nullable List<String> routes,
        @Nullable List<String> origins,
        @Nullable List<String> ipRanges,
        Limits limits,
        @Nullable BigDecimal budget,
        BigDecimal spent,
        BigDecimal held,
        @Nullable String assistant,
        Map<String, String> metadata,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt,
        @Nullable String replacedBy,
        Instant createdAt) {
    static KeyView of(ApiKey key, @Nullable String text, Instant now) {
        KeySettings settings = key.settings();
        return new KeyView(
                key.publicId(),
                text,
                settings.name(),
                key.account(),
                key.kind().word(),
                key.prefix(),
                status(key, now),
                settings.scope().models(),
                settings.scope().routes(),
                settings.scope().origins(),
                settings.scope().ipRanges(),
                key.kind() == KeyKind.MANAGEMENT
                        ? settings.limits()
                        : settings.limits().or(Limits.KEY_DEFAULTS),
                Amounts.orNull(settings.budgetMicros()),
                Credits.of(key.spentMicros()),
                Credits.of(key.heldMicros()),
                settings.assistant(),
                new TreeMap<>(settings.metadata()),
                settings.expiresAt(),
                key.revokedAt(),
                key.replacedBy(),
                key.createdAt());
    }

    private static String status(ApiKey key, Instant now) {
        if (key.revokedAt() != null) {
            return "revoked";
        }
        if (key.isOver(now)) {
            return "expired";
        }
        return key.replacedBy() == null ? "active" : "rotated";
    }

    @Override
    public String toString() {
        return "KeyView[" + id + "]";
    }
}
