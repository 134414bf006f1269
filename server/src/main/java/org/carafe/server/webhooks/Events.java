package org.carafe.server.webhooks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import org.carafe.server.accounts.WebhookEvent;
import org.carafe.server.ledger.Credits;
import org.carafe.server.ledger.store.CrossingStore.KeyRow;
import org.carafe.server.ledger.store.CrossingStore.LowAccount;
import org.carafe.server.ledger.store.DeliveryStore.Event;
import org.jspecify.annotations.Nullable;

/** What is told of a crossing: {@code {"id","type","created_at","data"}}; amounts are credits. */
final class Events {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ID_BYTES = 8;

    private final SecureRandom random = new SecureRandom();
    private final InstantSource clock;

    Events(InstantSource clock) {
        this.clock = clock;
    }

    Event lowBalance(LowAccount account) {
        ObjectNode data = JSON.createObjectNode();
        data.put("account", account.name());
        data.put("balance", Credits.of(account.balanceMicros()));
        data.put("low_balance", Credits.of(account.lineMicros()));
        return event(WebhookEvent.LOW_BALANCE, account.id(), data);
    }

    Event budgetReached(KeyRow key) {
        ObjectNode data = key(key);
        Long budget = key.budgetMicros();
        data.put("budget", budget == null ? null : Credits.of(budget));
        data.put("spent", Credits.of(key.spentMicros()));
        return event(WebhookEvent.BUDGET_REACHED, key.accountId(), data);
    }

    Event keyExpiring(KeyRow key) {
        ObjectNode data = key(key);
        data.put("expires_at", String.valueOf(key.expiresAt()));
        return event(WebhookEvent.KEY_EXPIRING, key.accountId(), data);
    }

    private static ObjectNode key(KeyRow key) {
        ObjectNode data = JSON.createObjectNode();
        data.put("account", key.account());
        data.put("key", key.publicId());
        data.put("key_name", key.name());
        data.put("key_prefix", key.prefix());
        return data;
    }

    private Event event(WebhookEvent type, @Nullable Long accountId, ObjectNode data) {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        String id = "evt_" + HexFormat.of().formatHex(bytes);
        Instant now = clock.instant();
        ObjectNode event = JSON.createObjectNode();
        event.put("id", id);
        event.put("type", type.word());
        event.put("created_at", now.toString());
        event.set("data", data);
        try {
            return new Event(id, type, accountId, JSON.writeValueAsString(event), now.toEpochMilli());
        } catch (JsonProcessingException e) {
            throw new AssertionError("a tree is JSON", e);
        }
    }
}
