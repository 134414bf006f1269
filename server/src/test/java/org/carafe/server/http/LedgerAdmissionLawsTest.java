package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.accounts.ErrorStyle;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.carafe.server.admin.ActException;
import org.junit.jupiter.api.Test;

/** What is admitted counts once; what is not consumes nothing, and both tell the limits. */
final class LedgerAdmissionLawsTest extends LedgerLaws {
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
}
