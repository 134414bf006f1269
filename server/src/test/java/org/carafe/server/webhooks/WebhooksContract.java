package org.carafe.server.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.accounts.ErrorStyle;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.carafe.server.accounts.WebhookDelivery;
import org.carafe.server.admin.ActException;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.admin.WebhookView;
import org.carafe.server.ledger.Credits;
import org.carafe.server.ledger.RowIds;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.secret.MasterKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What webhooks do, on each database, told to a real HTTP server. */
abstract class WebhooksContract {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-10T12:00:00Z"));
    private final InstantSource clock = now::get;
    private final Receiver receiver = new Receiver();
    private Database database;
    private AdminActs acts;
    private Webhooks webhooks;

    abstract DatabaseSettings settings();

    @BeforeEach
    void start() {
        database = Database.open(settings());
        acts = AdminActs.of(database, new RowIds(database), MasterKey.of(new byte[32]), clock, () -> {});
        webhooks = process();
    }

    private Webhooks process() {
        return Webhooks.byHand(database, MasterKey.of(new byte[32]), clock, Duration.ofMillis(500));
    }

    @AfterEach
    void stop() {
        webhooks.close();
        database.close();
        receiver.close();
    }

    private void pass(Duration time) {
        now.updateAndGet(at -> at.plus(time));
    }

    private WebhookView hook(String path, @Nullable String account, String... events) {
        return acts.webhooks().create("test", receiver.url(path), account, events.length == 0 ? null : List.of(events));
    }

    private void account(String name, long lowCredits) {
        acts.accounts()
                .create(
                        "test",
                        name,
                        new AccountSettings(
                                null,
                                ErrorStyle.OPENAI,
                                null,
                                null,
                                0,
                                Limits.NONE,
                                lowCredits * Credits.MICROS,
                                0,
                                Map.of()));
    }

    private void add(String account, long credits) {
        acts.credits().adjust("test", account, credits * Credits.MICROS, "test", null);
    }

    private String key(String account, @Nullable Long budgetMicros, @Nullable Instant expiresAt) {
        return acts.keys()
                .create(
                        "test",
                        account,
                        new KeySettings("k", KeyScope.ALL, Limits.NONE, budgetMicros, null, expiresAt, Map.of()),
                        null)
                .id();
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    @Test
    void aLowBalanceIsToldOnceEachTimeTheLineIsCrossed() throws InterruptedException {
        hook("/", null);
        account("acme", 10);
        add("acme", 10);
        assertThat(webhooks.scan()).as("at the line").isZero();
        add("acme", -1);
        assertThat(webhooks.scan()).as("below it").isEqualTo(1);
        add("acme", -2);
        assertThat(webhooks.scan()).as("still below it").isZero();
        add("acme", 5);
        assertThat(webhooks.scan()).as("above it again").isZero();
        add("acme", -5);
        assertThat(webhooks.scan()).as("below it again").isEqualTo(1);
        webhooks.deliver();
        assertThat(receiver.got).hasSize(2);
        JsonNode event = json(receiver.got.getFirst().body());
        assertThat(event.path("type").textValue()).isEqualTo("low_balance");
        assertThat(event.at("/data/account").textValue()).isEqualTo("acme");
        assertThat(event.at("/data/low_balance").intValue()).isEqualTo(10);
        assertThat(receiver.got.getFirst().delivery())
                .isEqualTo(event.path("id").textValue());
    }

    @Test
    void aSpentBudgetIsToldOnce() {
        hook("/", null);
        account("acme", 0);
        String id = key("acme", 5_000_000L, null);
        spend(id, 4_999_999);
        assertThat(webhooks.scan()).isZero();
        spend(id, 1);
        assertThat(webhooks.scan()).isEqualTo(1);
        spend(id, 1);
        assertThat(webhooks.scan()).isZero();
    }

    @Test
    void aBudgetThatNoLongerPaysIsToldOnceAndNotWhileOthersHoldIt() throws InterruptedException {
        hook("/", null);
        account("acme", 0);
        String id = key("acme", 5_000_000L, null);
        long row = row(id);
        update("update key_meter set held_micros = 4000000 where key_id = ?", row);
        webhooks.budgetRefused(row);
        assertThat(webhooks.scan()).as("a request that runs holds most of it").isZero();
        update("update key_meter set held_micros = 0, spent_micros = 4900000 where key_id = ?", row);
        webhooks.budgetRefused(row);
        assertThat(webhooks.scan()).isEqualTo(1);
        webhooks.budgetRefused(row);
        assertThat(webhooks.scan()).isZero();
        webhooks.deliver();
        JsonNode data = json(receiver.got.getFirst().body()).path("data");
        assertThat(data.path("key").textValue()).isEqualTo(id);
        assertThat(data.path("spent").decimalValue()).isEqualByComparingTo("4.9");
    }

    @Test
    void aKeyThatEndsWithinAWeekIsToldOnce() throws InterruptedException {
        hook("/", null);
        account("acme", 0);
        String id = key("acme", null, now.get().plus(Duration.ofDays(8)));
        key("acme", null, null);
        String revoked = key("acme", null, now.get().plus(Duration.ofDays(8)));
        acts.keys().revoke("test", revoked);
        assertThat(webhooks.scan()).isZero();
        pass(Duration.ofDays(2));
        assertThat(webhooks.scan()).isEqualTo(1);
        assertThat(webhooks.scan()).isZero();
        webhooks.deliver();
        JsonNode event = json(receiver.got.getFirst().body());
        assertThat(event.path("type").textValue()).isEqualTo("key_expiring");
        assertThat(event.at("/data/key").textValue()).isEqualTo(id);
    }

    @Test
    void eachWebhookHearsOfItsAccountAndItsEvents() throws InterruptedException {
        account("acme", 10);
        account("other", 10);
        add("other", 100);
        hook("/all", null);
        hook("/mine", "acme");
        hook("/other", "other");
        hook("/keys", null, "key_expiring", "budget_reached");
        assertThat(webhooks.scan()).isEqualTo(1);
        webhooks.deliver();
        assertThat(receiver.got).extracting(Receiver.Got::path).containsExactlyInAnyOrder("/all", "/mine");
    }

    @Test
    void whatFailsIsTriedAgainLaterWithTheSameIdAndBodyAndAFreshSignature() throws InterruptedException {
        String secret = String.valueOf(hook("/", null).secret());
        receiver.statuses.addAll(List.of(500, 302, Receiver.SILENCE));
        account("acme", 10);
        webhooks.scan();
        for (int attempt = 1; attempt <= 3; attempt++) {
            webhooks.deliver();
            assertThat(receiver.got).hasSize(attempt);
            webhooks.deliver();
            assertThat(receiver.got).as("not before its time").hasSize(attempt);
            pass(Duration.ofMinutes(5));
        }
        webhooks.deliver();
        pass(Duration.ofDays(1));
        webhooks.deliver();
        assertThat(receiver.got).hasSize(4);
        assertThat(receiver.got)
                .extracting(Receiver.Got::path)
                .as("no redirect is followed")
                .containsOnly("/");
        assertThat(receiver.got)
                .extracting(Receiver.Got::body)
                .containsOnly(receiver.got.getFirst().body());
        assertThat(receiver.got).extracting(Receiver.Got::signature).doesNotHaveDuplicates();
        for (Receiver.Got got : receiver.got) {
            long seconds =
                    Long.parseLong(got.signature().substring(2, got.signature().indexOf(',')));
            assertThat(got.signature()).isEqualTo(Signature.of(secret, seconds, got.body()));
        }
        WebhookDelivery delivery = delivery();
        assertThat(delivery.deliveredAt()).isNotNull();
        assertThat(delivery.attempts()).isEqualTo(4);
        assertThat(webhooks.delivered()).isEqualTo(1);
        assertThat(webhooks.failed()).isEqualTo(3);
    }

    @Test
    void whatNeverArrivesIsGivenUp() throws InterruptedException {
        hook("/", null);
        account("acme", 10);
        webhooks.scan();
        for (int i = 0; i < Backoff.ATTEMPTS_MAX + 5; i++) {
            receiver.statuses.add(503);
            webhooks.deliver();
            pass(Duration.ofHours(6));
        }
        assertThat(receiver.got).hasSize(Backoff.ATTEMPTS_MAX);
        assertThat(delivery().nextAt()).isNull();
        assertThat(delivery().deliveredAt()).isNull();
        assertThat(delivery().lastError()).contains("503");
    }

    @Test
    void whatWaitedWhenAProcessDiedIsDeliveredByTheNext() throws InterruptedException {
        hook("/", null);
        account("acme", 10);
        webhooks.scan();
        // Taken, and never ended: the process died in the middle.
        database.write(handle -> handle.execute(
                "update webhook_delivery set next_at = ?",
                now.get().plusSeconds(60).toEpochMilli()));
        try (Webhooks next = process()) {
            next.deliver();
            assertThat(receiver.got).isEmpty();
            pass(Duration.ofSeconds(61));
            next.deliver();
        }
        assertThat(receiver.got).hasSize(1);
    }

    @Test
    void processesThatShareALedgerTellEachEventOnce() throws InterruptedException {
        hook("/", null);
        for (int i = 0; i < 10; i++) {
            account("a" + i, 10);
        }
        try (Webhooks other = process()) {
            Thread scanning = Thread.ofVirtual().start(other::scan);
            webhooks.scan();
            scanning.join();
            Thread delivering = Thread.ofVirtual().start(() -> {
                try {
                    other.deliver();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            webhooks.deliver();
            delivering.join();
        }
        assertThat(receiver.got).hasSize(10);
        assertThat(receiver.got).extracting(Receiver.Got::delivery).doesNotHaveDuplicates();
    }

    @Test
    void secretsAreShownOnceAndSealed() {
        WebhookView made = hook("/", null);
        assertThat(made.secret()).matches("whsec_[0-9A-Za-z]{43}");
        assertThat(acts.webhooks().show(made.id()).secret()).isNull();
        assertThat(acts.webhooks().list(null, 10).getFirst().secret()).isNull();
        byte[] kept = database.read(handle -> handle.select("select sealed_secret from webhook")
                .mapTo(byte[].class)
                .one());
        assertThat(new String(kept, java.nio.charset.StandardCharsets.ISO_8859_1))
                .doesNotContain(String.valueOf(made.secret()).substring(6));
        assertThat(String.valueOf(acts.reports().audit(null, 1).entries()))
                .contains("webhooks.create")
                .doesNotContain("whsec_");
        assertThat(acts.webhooks().delete("test", made.id()).id()).isEqualTo(made.id());
        assertThat(acts.webhooks().list(null, 10)).isEmpty();
    }

    @Test
    void whatIsNoWebAddressIsRefused() {
        for (String url : List.of(
                "",
                "example.com",
                "ftp://example.com/x",
                "file:///etc/passwd",
                "https://user:pw@example.com/",
                "https://example.com/#f",
                "http:///x",
                "https://exa mple.com/",
                "javascript:alert(1)")) {
            assertThatThrownBy(() -> acts.webhooks().create("test", url, null, null))
                    .as(url)
                    .isInstanceOf(ActException.class);
        }
    }

    @Test
    void anEventThatIsNoneIsRefused() {
        assertThatThrownBy(() -> hook("/", null, "full_moon"))
                .isInstanceOf(ActException.class)
                .hasMessageContaining("full_moon");
        assertThatThrownBy(() -> hook("/", "nobody")).isInstanceOf(ActException.class);
    }

    private WebhookDelivery delivery() {
        return acts.webhooks()
                .deliveries(acts.webhooks().list(null, 1).getFirst().id(), 10)
                .getFirst();
    }

    private long row(String keyId) {
        return database.read(handle -> handle.select("select id from api_key where public_id = ?", keyId)
                .mapTo(Long.class)
                .one());
    }

    private void spend(String keyId, long micros) {
        long row = row(keyId);
        database.write(handle ->
                handle.execute("update key_meter set spent_micros = spent_micros + ? where key_id = ?", micros, row));
    }

    private void update(String sql, long row) {
        database.write(handle -> handle.execute(sql, row));
    }
}
