package org.carafe.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.accounts.ErrorStyle;
import org.carafe.server.accounts.Limits;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client is told whose allowance is used up, and that it is true. */
final class SpentAllowanceTest {
    @TempDir
    Path data;

    private volatile Instant now = Instant.parse("2026-11-30T23:59:00.500Z");
    private LedgerServer ledger;

    @BeforeEach
    void start() {
        ledger = LedgerServer.start(DatabaseSettings.sqlite(data), () -> now, builder -> builder);
        ledger.price(0, 100);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private String key(Long monthlyMicros, Long dailyMicros) {
        ledger.account(
                "a",
                0,
                new AccountSettings(
                        null, ErrorStyle.FLAT, monthlyMicros, dailyMicros, 0, Limits.NONE, null, 0, Map.of()));
        return ledger.key("a", LedgerServer.UNLIMITED);
    }

    private TestServer.Answered ask(String key, int tokens) {
        return ledger.server()
                .send(ledger.server()
                        .request("/v1/completions")
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                TestServer.completionBody(
                                        ",\"prompt\":\"Hi\",\"ignore_eos\":true,\"max_tokens\":" + tokens),
                                UTF_8))
                        .build());
    }

    private void assertToldAndTrue(String key, int tokens, int status) {
        TestServer.Answered refused = ask(key, tokens);
        assertThat(refused.status()).isEqualTo(status);
        assertThat(refused.json().path("resetAt").textValue()).isEqualTo("2026-12-01T00:00:00Z");
        assertThat(refused.header("Retry-After")).isEqualTo("60");
        now = now.plusSeconds(59);
        assertThat(ask(key, tokens).status()).isEqualTo(status);
        now = now.plusSeconds(1);
        assertThat(ask(key, tokens).status()).isEqualTo(200);
    }

    @Test
    void ofTheMonth() {
        String key = key(1_000L, null);
        assertThat(ask(key, 7).status()).isEqualTo(200);
        assertToldAndTrue(key, 10, 402);
    }

    @Test
    void ofTheDay() {
        String key = key(null, 1_000L);
        assertThat(ask(key, 7).status()).isEqualTo(200);
        assertToldAndTrue(key, 10, 429);
    }

    @Test
    void ofBothWhereOnlyBothTogetherDo() {
        String key = key(500L, 500L);
        assertThat(ask(key, 10).status()).isEqualTo(200);
        assertToldAndTrue(key, 10, 402);
    }

    @Test
    void noTimeWhereNoneWouldDo() {
        String key = key(1_000L, null);
        TestServer.Answered refused = ask(key, 11);
        assertThat(refused.status()).isEqualTo(402);
        assertThat(refused.json().has("resetAt")).isFalse();
        assertThat(refused.header("Retry-After")).isEmpty();
    }
}
