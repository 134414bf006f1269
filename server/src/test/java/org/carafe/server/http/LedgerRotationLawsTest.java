package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.carafe.server.accounts.WebhookEvent;
import org.carafe.server.admin.KeyView;
import org.carafe.server.ledger.HoldRequest;
import org.carafe.server.ledger.HoldResult;
import org.carafe.server.ledger.OpenHold;
import org.carafe.server.ledger.Refusal;
import org.carafe.server.ledger.store.CrossingStore;
import org.carafe.server.ledger.store.DeliveryStore.Event;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** While a grace period runs, a key and its successor are one: whatever limits one of them limits both together. */
final class LedgerRotationLawsTest extends LedgerLaws {
    private static final long MANY = 1_000_000_000L;
    private static final int RACERS = 60;

    @BeforeEach
    void fund() {
        ledger.account("a", MANY_MICROS);
    }

    @AfterEach
    void theLedgerIsSound() {
        assertThat(audit()).isEmpty();
    }

    private static KeySettings settings(Limits limits, @Nullable Long budgetMicros) {
        return new KeySettings("k", KeyScope.ALL, limits, budgetMicros, null, null, Map.of());
    }

    private KeyView made(Limits limits, @Nullable Long budgetMicros) {
        return ledger.acts().keys().create("test", "a", settings(limits, budgetMicros), null);
    }

    private KeyView rotated(KeyView old) {
        return ledger.acts().keys().rotate("test", old.id(), Duration.ofHours(1));
    }

    private TestServer.Answered chat(KeyView key) {
        return chat(String.valueOf(key.key()), tokens(5));
    }

    /** What a request costs. */
    private long each() {
        return cost(chat(made(LedgerServer.UNLIMITED, null)).json().path("usage"));
    }

    private void admits(KeyView key, int requests) {
        for (int i = 0; i < requests; i++) {
            assertThat(chat(key).status()).isEqualTo(200);
        }
    }

    /** How many of the requests that the keys send at once are let in; the others are refused with this code. */
    private int race(String refusal, KeyView... keys) throws InterruptedException, ExecutionException {
        AtomicInteger admitted = new AtomicInteger();
        Map<String, Integer> refused = new ConcurrentHashMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<? extends Future<?>> racers = IntStream.range(0, RACERS)
                    .mapToObj(i -> threads.submit(() -> {
                        TestServer.Answered answer = chat(keys[i % keys.length]);
                        if (answer.status() == 200) {
                            admitted.incrementAndGet();
                        } else {
                            refused.merge(answer.error().path("code").asText(), 1, Integer::sum);
                        }
                    }))
                    .toList();
            for (Future<?> racer : racers) {
                racer.get();
            }
        }
        assertThat(refused).containsExactly(Map.entry(refusal, RACERS - admitted.get()));
        return admitted.get();
    }

    @Test
    void whatIsLeftOfABudgetIsSpentOnceHoweverTheyRaceForIt() throws Exception {
        long each = each();
        KeyView old = made(LedgerServer.UNLIMITED, each * 11 + each / 2);
        admits(old, 4);
        KeyView successor = rotated(old);

        assertThat(race("budget_exceeded", old, successor)).isEqualTo(7);

        for (KeyView key : List.of(old, successor)) {
            KeyView shown = ledger.acts().keys().show(key.id());
            assertThat(shown.budget()).isEqualByComparingTo(old.budget());
            assertThat(shown.spent().movePointRight(6).longValueExact()).isEqualTo(each * 11);
            assertThat(shown.held()).isZero();
        }
    }

    @Test
    void aLineOfRotationsHasOneBudget() throws Exception {
        long each = each();
        KeyView first = made(LedgerServer.UNLIMITED, each * 9);
        KeyView second = rotated(first);
        admits(second, 2);
        KeyView third = rotated(second);

        assertThat(race("budget_exceeded", first, second, third)).isEqualTo(7);
    }

    @Test
    void theRequestsOfADayAreOneCount() throws Exception {
        KeyView old = made(new Limits(MANY, MANY, 10L, null, null), null);
        admits(old, 3);

        assertThat(race("daily_limit_reached", old, rotated(old))).isEqualTo(7);
    }

    @Test
    void theTokensOfADayAreOneCount() throws Exception {
        long tokens = chat(made(LedgerServer.UNLIMITED, null))
                .json()
                .at("/usage/total_tokens")
                .asLong();
        KeyView old = made(new Limits(MANY, MANY, null, tokens * 8 + 1, null), null);
        admits(old, 3);

        assertThat(race("daily_limit_reached", old, rotated(old))).isEqualTo(5);
    }

    @Test
    void theRequestsOfAMinuteAreOneCount() throws Exception {
        KeyView old = made(new Limits(20L, MANY, null, null, null), null);
        admits(old, 5);
        KeyView successor = rotated(old);

        assertThat(race("rate_limit_exceeded", old, successor)).isEqualTo(15);

        assertThat(chat(successor).header("X-RateLimit-Remaining-Requests")).isEqualTo("0");
    }

    @Test
    void requestsAtOnceAreOneCount() {
        KeyView old = made(new Limits(MANY, MANY, null, null, 2L), null);
        OpenHold first = ((HoldResult.Held) hold(old)).hold();
        hold(old);
        KeyView successor = rotated(old);

        assertThat(((HoldResult.Refused) hold(successor)).refusal().kind()).isEqualTo(Refusal.Kind.CONCURRENT);
        ledger.books().ledger().release(first);
        assertThat(hold(successor)).isInstanceOf(HoldResult.Held.class);
        assertThat(((HoldResult.Refused) hold(old)).refusal().kind()).isEqualTo(Refusal.Kind.CONCURRENT);
        assertThat(ledger.number(
                        "select held_micros from key_meter m join api_key k on k.id = m.key_id"
                                + " where k.public_id = ?",
                        old.id()))
                .isEqualTo(2 * 120);
    }

    private HoldResult hold(KeyView key) {
        long account = ledger.number("select id from account");
        long row = ledger.number("select id from api_key where public_id = ?", key.id());
        return ledger.books().ledger().hold(new HoldRequest("r", account, row, TestServer.MODEL, 10, 10, 1, true));
    }

    @Test
    void aSpentBudgetIsToldOnceAndOfTheSuccessor() {
        KeyView old = made(LedgerServer.UNLIMITED, each() * 2);
        KeyView successor = rotated(old);
        admits(old, 1);
        admits(successor, 1);
        List<String> asked = new ArrayList<>();
        CrossingStore crossings = new CrossingStore(ledger.books().database());
        Function<CrossingStore.KeyRow, Event> event = key -> {
            asked.add(key.publicId());
            return new Event("evt_" + key.id(), WebhookEvent.BUDGET_REACHED, key.accountId(), "{}", 0);
        };
        assertThat(crossings.spentBudgets(10, event)).isEqualTo(1);
        assertThat(asked.getFirst()).isEqualTo(successor.id());
        assertThat(crossings.spentBudgets(10, event)).isZero();
    }

    @Test
    void aKeySeesWhatItAndTheKeyBeforeItUsed() {
        KeyView old = made(LedgerServer.UNLIMITED, null);
        admits(old, 2);
        KeyView successor = rotated(old);
        admits(successor, 1);
        for (KeyView key : List.of(old, successor)) {
            HttpRequest request = ledger.server()
                    .request("/v1/usage")
                    .header("Authorization", "Bearer " + key.key())
                    .build();
            assertThat(ledger.server()
                            .send(request)
                            .json()
                            .at("/usage/key/today/requests")
                            .asLong())
                    .isEqualTo(3);
        }
    }
}
