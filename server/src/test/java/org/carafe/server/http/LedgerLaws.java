package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.carafe.inference.engine.Usage;
import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.accounts.AssistantSettings;
import org.carafe.server.accounts.ErrorStyle;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.carafe.server.admin.ActException;
import org.carafe.server.admin.NewChannel;
import org.carafe.server.ledger.HoldRequest;
import org.carafe.server.ledger.HoldResult;
import org.carafe.server.ledger.LedgerAudit;
import org.carafe.server.ledger.OpenHold;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The twelve laws of the ledger, each through a whole server, on a real database. */
abstract class LedgerLaws {
    private static final long MANY_MICROS = 1_000_000_000L;

    private final AtomicLong nowMillis =
            new AtomicLong(Instant.parse("2026-03-10T12:00:00Z").toEpochMilli());
    private final InstantSource clock = () -> Instant.ofEpochMilli(nowMillis.get());
    private DatabaseSettings settings;
    private LedgerServer ledger;

    abstract DatabaseSettings fresh();

    @BeforeEach
    void open() {
        settings = fresh();
        start();
        ledger.price(2, 10);
    }

    private void start() {
        ledger = LedgerServer.start(settings, clock, builder -> builder.stepMicros(500));
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private TestServer.Answered chat(String key, String more) {
        return chat(key, more, "req");
    }

    private TestServer.Answered chat(String key, String more, String requestId) {
        return ledger.server().send(post(key, more, requestId).build());
    }

    private HttpRequest.Builder post(String key, String more, String requestId) {
        return ledger.server()
                .request("/v1/chat/completions")
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + key)
                .header("X-Request-Id", requestId)
                .POST(HttpRequest.BodyPublishers.ofString(TestServer.chatBody(more)));
    }

    private static String tokens(int count) {
        return ",\"ignore_eos\":true,\"max_tokens\":" + count;
    }

    private long balance(String account) {
        return ledger.number(
                "select sum(balance_micros) from fund f join account a on a.id = f.account_id where a.name = ?",
                account);
    }

    private long held() {
        return ledger.number("select sum(held_micros) from fund");
    }

    private static long cost(JsonNode usage) {
        return usage.path("prompt_tokens").asLong() * 2
                + usage.path("completion_tokens").asLong() * 10;
    }

    private List<LedgerAudit.Finding> audit() {
        return ledger.audit();
    }

    @Test
    void law1EveryTransactionSumsToZeroAndABalanceIsTheSumOfItsEntries() {
        ledger.account("a", MANY_MICROS);
        String key = ledger.key("a", LedgerServer.UNLIMITED);
        for (int i = 1; i <= 5; i++) {
            assertThat(chat(key, tokens(i)).status()).isEqualTo(200);
        }
        assertThat(ledger.number("select count(*) from (select transaction_id from ledger_entry"
                        + " group by transaction_id having sum(amount_micros) <> 0) as unbalanced"))
                .isZero();
        assertThat(ledger.number("select count(*) from fund f where balance_micros <>"
                        + " coalesce((select sum(amount_micros) from ledger_entry e where e.fund_id = f.id), 0)"))
                .isZero();
        assertThat(ledger.number("select count(*) from ledger_transaction where kind = 'charge'"))
                .isEqualTo(5);
        assertThat(ledger.number("select sum(balance_micros) from fund")).isZero();
    }

    @Test
    void law2NothingIsEverOverspentAndGenerationStopsWhenTheHoldIsSpent() {
        ledger.account("a", 1_000);
        String key = ledger.key("a", LedgerServer.UNLIMITED);
        TestServer.Answered answer = chat(key, ",\"ignore_eos\":true");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/choices/0/finish_reason").asText()).isEqualTo("length");
        assertThat(cost(answer.json().path("usage"))).isLessThanOrEqualTo(1_000);
        assertThat(balance("a")).isEqualTo(1_000 - cost(answer.json().path("usage")));
        assertThat(chat(key, tokens(200)).status()).isEqualTo(402);
        assertThat(balance("a")).isNotNegative();
        assertThat(audit()).isEmpty();
    }

    @Test
    void law3AHoldIsResolvedOnceAndARequestHasOneRow() throws InterruptedException {
        ledger.account("a", MANY_MICROS);
        ledger.key("a", LedgerServer.UNLIMITED);
        OpenHold hold = hold(10, 10);
        AtomicLong charged = new AtomicLong();
        List<Thread> racers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            boolean posts = i % 2 == 0;
            racers.add(Thread.ofVirtual().start(() -> {
                if (posts) {
                    charged.addAndGet(ledger.books().ledger().post(hold, new Usage(10, 0, 10)));
                } else {
                    ledger.books().ledger().release(hold);
                }
            }));
        }
        for (Thread racer : racers) {
            racer.join();
        }
        assertThat(charged.get()).isIn(0L, 120L);
        assertThat(balance("a")).isEqualTo(MANY_MICROS - charged.get());
        assertThat(held()).isZero();
        assertThat(ledger.number("select count(*) from request where status in (1, 2)"))
                .isEqualTo(1);
        assertThat(audit()).isEmpty();
    }

    private OpenHold hold(long prompt, long completion) {
        long account = ledger.number("select id from account");
        long key = ledger.number("select id from api_key where kind = 'inference'");
        var result = ledger.books()
                .ledger()
                .hold(new HoldRequest("r", account, key, TestServer.MODEL, prompt, completion, 1, true));
        return ((HoldResult.Held) result).hold();
    }

    @Test
    void law4TheRowIsThereBeforeTheFirstTokenAndSettledBeforeTheLastChunk() throws Exception {
        ledger.account("a", MANY_MICROS);
        String key = ledger.key("a", LedgerServer.UNLIMITED);
        ledger.server().runner().hold();
        try (RawClient client = new RawClient(ledger.server())) {
            client.send(RawClient.post(
                    "/v1/chat/completions",
                    TestServer.chatBody(tokens(5) + ",\"stream\":true"),
                    "Authorization: Bearer " + key));
            TestServer.eventually(
                    "the row is there while the engine makes no token",
                    () -> ledger.number("select count(*) from request where status = 0") == 1);
            ledger.server().runner().release();
            client.readUntil("[DONE]");
            assertThat(ledger.number("select count(*) from request where status = 1"))
                    .as("settled when the last chunk is there")
                    .isEqualTo(1);
        }
    }

    @Test
    void law5AfterACrashNoHoldIsOrphanedAndWhatWasDeliveredIsCharged() {
        ledger.account("a", MANY_MICROS);
        ledger.key("a", new Limits(1_000L, 1_000_000L, null, null, 2L));
        long account = ledger.number("select id from account");
        long key = ledger.number("select id from api_key where kind = 'inference'");
        // Rows of a process that is gone: one had delivered, as of its last note, seven tokens, the other nothing.
        insertOrphan(1, account, key, 7);
        insertOrphan(2, account, key, 0);
        ledger.close();
        start();
        assertThat(ledger.number("select count(*) from request where status = 0"))
                .isZero();
        assertThat(ledger.number("select cost_micros from request where id = 1"))
                .isEqualTo(5 * 2 + 7 * 10);
        assertThat(ledger.number("select status from request where id = 2")).isEqualTo(2);
        assertThat(balance("a")).isEqualTo(MANY_MICROS - 80);
        assertThat(held()).isZero();
        hold(1, 1);
        hold(1, 1);
        assertThat(audit()).as("and both slots are free again").isEmpty();
    }

    private void insertOrphan(long id, long account, long key, long delivered) {
        long price = ledger.number("select id from price");
        ledger.books().database().write(handle -> {
            handle.execute(
                    """
                    insert into request (id, account_id, key_id, model, price_id, request_id, status, held_prepaid, held_monthly,
                        held_daily, monthly_period, daily_period, tokens_max, prompt_tokens, completion_tokens, created_at, expires_at)
                    values (?, ?, ?, ?, ?, 'gone', 0, 500, 0, 0, 0, 0, 50, 5, ?, ?, ?)
                    """,
                    id,
                    account,
                    key,
                    TestServer.MODEL,
                    price,
                    delivered,
                    nowMillis.get(),
                    nowMillis.get() + 600_000);
            handle.execute("update fund set held_micros = held_micros + 500 where account_id = ?", account);
            return handle.execute("update key_meter set held_micros = held_micros + 500 where key_id = ?", key);
        });
    }

    @Test
    void law6ADisconnectChargesWhatWasGeneratedUntilThen() throws Exception {
        ledger.account("a", MANY_MICROS);
        String key = ledger.key("a", LedgerServer.UNLIMITED);
        try (RawClient client = new RawClient(ledger.server())) {
            client.send(RawClient.post(
                    "/v1/chat/completions",
                    TestServer.chatBody(tokens(1_500) + ",\"stream\":true"),
                    "Authorization: Bearer " + key));
            client.readUntil("\"content\":\"");
        }
        TestServer.eventually(
                "the hold ends", () -> ledger.number("select count(*) from request where status = 1") == 1);
        long completion = ledger.number("select completion_tokens from request");
        assertThat(completion).isBetween(1L, 1_499L);
        assertThat(ledger.number("select cost_micros from request"))
                .isEqualTo(ledger.number("select prompt_tokens from request") * 2 + completion * 10);
        assertThat(balance("a")).isEqualTo(MANY_MICROS - ledger.number("select cost_micros from request"));
        assertThat(audit()).isEmpty();
    }

    @Test
    void law7TheSameKeyAndBodyReplayAndAnotherBodyIsAConflict() {
        ledger.account("a", MANY_MICROS);
        String key = ledger.key("a", LedgerServer.UNLIMITED);
        TestServer.Answered first = ledger.server()
                .send(post(key, tokens(5), "one")
                        .header("Idempotency-Key", "k1")
                        .build());
        TestServer.Answered again = ledger.server()
                .send(post(key, tokens(5), "two")
                        .header("Idempotency-Key", "k1")
                        .build());
        TestServer.Answered other = ledger.server()
                .send(post(key, tokens(6), "three")
                        .header("Idempotency-Key", "k1")
                        .build());
        assertThat(first.status()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(other.status()).isEqualTo(409);
        assertThat(ledger.number("select count(*) from request")).isEqualTo(1);

        long before = balance("a");
        String topUp =
                ledger.acts().credits().add("test", "a", 1_000, "invoice", "k2").id();
        assertThat(ledger.acts()
                        .credits()
                        .add("test", "a", 1_000, "invoice", "k2")
                        .id())
                .isEqualTo(topUp);
        assertThatThrownBy(() -> ledger.acts().credits().add("test", "a", 1_001, "invoice", "k2"))
                .isInstanceOf(ActException.class);
        assertThat(balance("a")).isEqualTo(before + 1_000);

        String made = ledger.acts()
                .keys()
                .create("test", "a", KeySettings.named("n"), "k3")
                .key();
        assertThat(ledger.acts()
                        .keys()
                        .create("test", "a", KeySettings.named("n"), "k3")
                        .key())
                .isEqualTo(made);
        assertThatThrownBy(() -> ledger.acts().keys().create("test", "a", KeySettings.named("m"), "k3"))
                .isInstanceOf(ActException.class);
        assertThat(ledger.number("select count(*) from api_key where kind = 'inference'"))
                .isEqualTo(2);
    }

    @Test
    void law8ARejectedRequestConsumesNothingInAnyDimension() {
        ledger.account("a", 500);
        String key = ledger.key("a", new Limits(3L, 1_000L, 3L, 2_000L, 1L));
        TestServer.Answered before = ledger.server()
                .send(ledger.server()
                        .request("/v1/models")
                        .header("Authorization", "Bearer " + key)
                        .build());
        for (int i = 0; i < 5; i++) {
            TestServer.Answered refused = chat(key, tokens(100));
            assertThat(refused.status()).isEqualTo(402);
            assertThat(refused.header("X-RateLimit-Remaining-Requests")).isEqualTo("3");
            assertThat(refused.header("X-RateLimit-Remaining-Tokens"))
                    .isEqualTo(before.header("X-RateLimit-Remaining-Tokens"));
        }
        assertThat(ledger.number("select count(*) from request")).isZero();
        assertThat(ledger.number("select day_requests + day_tokens + held_micros from key_meter"))
                .isZero();
        assertThat(balance("a")).isEqualTo(500);
        for (int i = 0; i < 3; i++) {
            assertThat(chat(key, tokens(1)).status()).isEqualTo(200);
        }
        TestServer.Answered limited = chat(key, tokens(1));
        assertThat(limited.status()).isEqualTo(429);
        assertThat(limited.error().path("code").asText()).isEqualTo("rate_limit_exceeded");
        assertThat(limited.header("Retry-After")).matches("[1-9][0-9]?");
    }

    @Test
    void law9EveryInferenceRouteIsMetered() {
        List<Routes> metered = new ArrayList<>();
        for (Routes route : Routes.values()) {
            switch (route.metering()) {
                case METERED -> metered.add(route);
                case FREE_WITH_KEY, ADMIN -> assertAsksForAKey(route);
                case OPEN ->
                    assertThat(route.path().startsWith("/v1/")
                                    && !route.method().equals("OPTIONS"))
                            .as(route.name())
                            .isFalse();
            }
        }
        metered.forEach(this::assertAsksForAKey);
        ledger.account("a", MANY_MICROS);
        long rows = 0;
        for (Routes route : metered) {
            assertThat(charged(route).status()).as(route.name()).isEqualTo(200);
            assertThat(ledger.number("select count(*) from request"))
                    .as(route.name())
                    .isEqualTo(++rows);
        }
    }

    /** A request of a metered route, with a key that it is for. */
    private TestServer.Answered charged(Routes route) {
        String key;
        String body;
        switch (route) {
            case CHAT -> {
                key = ledger.key("a", LedgerServer.UNLIMITED);
                body = TestServer.chatBody(tokens(3));
            }
            case COMPLETIONS -> {
                key = ledger.key("a", LedgerServer.UNLIMITED);
                body = TestServer.completionBody(",\"prompt\":\"Once\"" + tokens(3));
            }
            case SIMPLE_CHAT -> {
                AssistantSettings settings =
                        new AssistantSettings(TestServer.MODEL, null, null, Map.of("max_tokens", 3L));
                ledger.acts().assistants().create("test", "bot", settings);
                key = ledger.key(
                        "a", new KeySettings("k", KeyScope.ALL, LedgerServer.UNLIMITED, null, "bot", null, Map.of()));
                body = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
            }
            case CHANNEL_CHAT -> {
                NewChannel site = new NewChannel("site", "a", TestServer.MODEL, null, null, null, null);
                key = String.valueOf(
                        ledger.acts().channels().create("test", site).key());
                body = "{\"message\":\"Hello\",\"sessionId\":\"s\"}";
            }
            default -> throw new AssertionError("a metered route that this law does not try: " + route);
        }
        return ledger.server()
                .send(ledger.server()
                        .request(route.path())
                        .header("Content-Type", "application/json")
                        .header("Authorization", "Bearer " + key)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build());
    }

    private void assertAsksForAKey(Routes route) {
        HttpRequest request = ledger.server()
                .request(route.path().replaceAll("[<{][^>}]*[>}]", "x"))
                .header("Content-Type", "application/json")
                .method(route.method(), HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        assertThat(ledger.server().send(request).status()).as(route.name()).isEqualTo(401);
    }

    @Test
    void law10ReportsAreTheLedgersSums() {
        ledger.account("a", MANY_MICROS);
        ledger.account("b", MANY_MICROS);
        for (String account : List.of("a", "b")) {
            for (int i = 0; i < 2; i++) {
                String key = ledger.key(account, LedgerServer.UNLIMITED);
                for (int n = 1; n <= 3; n++) {
                    assertThat(chat(key, tokens(n * (i + 1))).status()).isEqualTo(200);
                }
            }
        }
        nowMillis.addAndGet(Duration.ofDays(1).toMillis());
        String key = ledger.key("b", LedgerServer.UNLIMITED);
        assertThat(chat(key, tokens(4)).status()).isEqualTo(200);
        long earned = ledger.number("select balance_micros from fund where kind = 'earned'");
        assertThat(ledger.number("select sum(cost_micros) from usage_day")).isEqualTo(earned);
        assertThat(ledger.number("select sum(cost_micros) from request")).isEqualTo(earned);
        assertThat(ledger.number("select sum(spent_micros) from account_meter")).isEqualTo(earned);
        assertThat(ledger.number("select sum(requests) from usage_day")).isEqualTo(13);
        assertThat(audit()).isEmpty();
    }

    @Test
    void law10WithoutItsLedgerTheServerFailsClosed() {
        ledger.account("a", MANY_MICROS);
        String key = ledger.key("a", LedgerServer.UNLIMITED);
        assertThat(chat(key, tokens(1)).status()).isEqualTo(200);
        ledger.books().ledger().close();
        TestServer.Answered answer = chat(key, tokens(1));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.error().path("code").asText()).isEqualTo("ledger_unavailable");
        assertThat(ledger.server().engine().stats().running()).isZero();
    }

    @Test
    void law11ARevokedKeyIsRefusedAtItsNextRequest() {
        ledger.account("a", MANY_MICROS);
        String key = ledger.key("a", LedgerServer.UNLIMITED);
        assertThat(chat(key, tokens(1)).status()).isEqualTo(200);
        String id = ledger.acts().keys().list("a", null, 10).getFirst().id();
        ledger.acts().keys().revoke("test", id);
        TestServer.Answered answer = chat(key, tokens(1));
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.error().path("code").asText()).isEqualTo("key_revoked");
        assertThat(ledger.number("select count(*) from request")).isEqualTo(1);
    }

    @Test
    void law11AKeyRevokedByAnotherProcessIsRefusedAtItsNextChargedRequest() {
        ledger.account("a", MANY_MICROS);
        String key = ledger.key("a", LedgerServer.UNLIMITED);
        assertThat(chat(key, tokens(1)).status()).isEqualTo(200);
        // Behind the server's back, as the shell does it.
        ledger.books().database().write(handle -> {
            handle.execute("update api_key set revoked_at = 1");
            return handle.execute("update settings_version set version = version + 1");
        });
        assertThat(chat(key, tokens(1)).status()).isEqualTo(403);
        HttpRequest free = ledger.server()
                .request("/v1/models")
                .header("Authorization", "Bearer " + key)
                .build();
        TestServer.eventually(
                "the poll notices", () -> ledger.server().send(free).status() == 403);
    }

    @Test
    void theLastCreditsGoToExactlyAsManyAsTheyPayFor() throws InterruptedException {
        TestServer.Answered probe;
        ledger.account("probe", MANY_MICROS);
        probe = chat(ledger.key("probe", LedgerServer.UNLIMITED), tokens(5));
        long each = cost(probe.json().path("usage"));
        ledger.account("a", each * 37 + each / 2);
        String key = ledger.key("a", LedgerServer.UNLIMITED);
        AtomicInteger admitted = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        List<Thread> racers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            racers.add(Thread.ofVirtual().start(() -> {
                int status = chat(key, tokens(5)).status();
                (status == 200 ? admitted : refused).incrementAndGet();
                assertThat(status).isIn(200, 402);
            }));
        }
        for (Thread racer : racers) {
            racer.join();
        }
        assertThat(admitted.get()).isEqualTo(37);
        assertThat(refused.get()).isEqualTo(163);
        assertThat(balance("a")).isEqualTo(each / 2);
        assertThat(audit()).isEmpty();
    }

    @Test
    void everyResponseTellsTheLimits() {
        ledger.account(
                "a",
                MANY_MICROS,
                new AccountSettings(null, ErrorStyle.OPENAI, null, 5_000_000L, 0, Limits.NONE, null, -2, Map.of()));
        String key = ledger.key("a", Limits.NONE);
        List<TestServer.Answered> answers = List.of(
                chat(key, tokens(1)),
                chat(key, tokens(1) + ",\"priority\":-2"),
                chat(key, tokens(1) + ",\"priority\":-3"),
                chat(key, ",\"no_such_field\":1"),
                chat(key, tokens(1_000_000)),
                ledger.server()
                        .send(ledger.server()
                                .request("/v1/models/none")
                                .header("X-API-Key", key)
                                .build()));
        assertThat(answers.stream().map(TestServer.Answered::status)).containsExactly(200, 200, 400, 400, 400, 404);
        for (TestServer.Answered answer : answers) {
            assertThat(answer.header("X-Request-Id")).isNotEmpty();
            assertThat(answer.header("X-RateLimit-Limit-Requests")).isEqualTo("60");
            assertThat(answer.header("X-RateLimit-Remaining-Requests")).isIn("59", "58");
            assertThat(answer.header("X-RateLimit-Reset-Requests")).matches("([0-9]+m)?[0-9]+s");
            assertThat(answer.header("X-RateLimit-Limit-Tokens")).isEqualTo("100000");
            assertThat(answer.header("X-RateLimit-Remaining-Tokens")).matches("99[0-9]{3}");
            assertThat(answer.header("X-RateLimit-Reset-Tokens")).matches("([0-9]+m)?[0-9]+s");
            assertThat(answer.header("X-RateLimit-Limit")).isEqualTo("5");
            assertThat(answer.header("X-RateLimit-Remaining")).startsWith("4.99");
            assertThat(answer.header("X-RateLimit-Reset")).isEqualTo("2026-03-11T00:00:00Z");
        }
    }

    @Test
    void aKeyIsKnownFromItsDigestOnly() {
        ledger.account("a", MANY_MICROS);
        String key = ledger.key("a", KeySettings.named("n"));
        String secret = key.substring(12);
        List<String> texts = ledger.books()
                .database()
                .read(handle -> handle.select("select public_id || name || prefix from api_key")
                        .mapTo(String.class)
                        .list());
        assertThat(texts).isNotEmpty().noneMatch(text -> text.contains(secret));
        byte[] digest = ledger.books()
                .database()
                .read(handle -> handle.select("select digest from api_key where kind = 'inference'")
                        .mapTo(byte[].class)
                        .one());
        assertThat(digest).hasSize(32);
        assertThat(new String(digest, StandardCharsets.ISO_8859_1)).doesNotContain(secret);
    }
}
