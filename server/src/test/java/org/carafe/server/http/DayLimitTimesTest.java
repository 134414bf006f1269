package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a key is told that has reached a limit of the day. */
final class DayLimitTimesTest {
    /** Tokens of a day; of the first request some are used, and another does not fit. */
    private static final long TOKENS = 12;

    @TempDir
    static Path data;

    private static DialectServer server;

    @BeforeAll
    static void start() {
        // It is 2026-11-21T10:00:00Z there.
        server = DialectServer.start(data);
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static String key(String expiresAt) {
        Limits limits = new Limits(100L, 100_000L, null, TOKENS, null);
        return server.ledger()
                .key(
                        DialectServer.ACCOUNT,
                        new KeySettings("k", KeyScope.ALL, limits, null, null, Instant.parse(expiresAt), Map.of()));
    }

    private static TestServer.Answered ask(String key, long tokens) {
        return server.post(
                "/v1/completions",
                key,
                "{'model':'carafe/demo','prompt':[5,6],'ignore_eos':true,'max_tokens':" + tokens + "}");
    }

    private static TestServer.Answered spent(String key) {
        assertThat(ask(key, 8).status()).isEqualTo(200);
        TestServer.Answered refused = ask(key, 8);
        assertThat(refused.status()).as(refused.body()).isEqualTo(429);
        assertThat(refused.error().path("code").textValue()).isEqualTo("daily_limit_reached");
        return refused;
    }

    @Test
    void waitsUntilTomorrow() {
        assertThat(spent(key("2026-11-22T00:00:01Z")).header("Retry-After")).isEqualTo("50400");
    }

    @Test
    void isNotToldToWaitIfItExpiresBefore() {
        assertThat(spent(key("2026-11-22T00:00:00Z")).header("Retry-After")).isEmpty();
    }

    @Test
    void whatIsMoreThanAWholeDaysIsAnInvalidRequestOfEither() {
        for (String expires : new String[] {"2026-11-22T00:00:01Z", "2026-11-22T00:00:00Z"}) {
            TestServer.Answered refused = ask(key(expires), TOKENS);
            assertThat(refused.status()).isBetween(400, 422);
            assertThat(refused.body()).contains("more than the limit of " + TOKENS + " tokens per day");
        }
    }
}
