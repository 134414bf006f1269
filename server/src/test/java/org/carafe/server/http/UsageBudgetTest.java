package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.KeySettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code GET /v1/usage} says of a key's own budget. */
final class UsageBudgetTest {
    @TempDir
    Path data;

    private DialectServer server;

    @BeforeEach
    void start() {
        server = DialectServer.start(data);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private String key(Long budgetMicros) {
        return server.ledger()
                .key(
                        DialectServer.ACCOUNT,
                        new KeySettings("k", KeyScope.ALL, LedgerServer.UNLIMITED, budgetMicros, null, null, Map.of()));
    }

    private JsonNode usage(String key) {
        TestServer.Answered answer = server.get("/v1/usage", key);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private int use(String key) {
        JsonNode used = server.post("/v1/chat/completions", key, TestServer.chatBody(",\"max_tokens\":5"))
                .json()
                .path("usage");
        return used.path("prompt_tokens").intValue()
                + 2 * used.path("completion_tokens").intValue();
    }

    @Test
    void itIsWhatWasSpentAndWhatIsLeft() {
        String key = key(500L);
        assertThat(server.get("/v1/usage", key).body())
                .contains("\"budget\":{\"budget\":0.0005,\"spent\":0,\"held\":0,\"left\":0.0005},");
        int spent = use(key);
        JsonNode budget = usage(key).path("budget");
        assertThat(budget.path("spent").decimalValue().movePointRight(6)).isEqualByComparingTo(String.valueOf(spent));
        assertThat(budget.path("left").decimalValue().movePointRight(6))
                .isEqualByComparingTo(String.valueOf(500 - spent));
        assertThat(usage(key).at("/usage/key/total/credits")).isEqualTo(budget.path("spent"));
    }

    @Test
    void aBudgetBelowWhatIsSpentHasNothingLeft() {
        String key = key(500L);
        use(key);
        server.ledger().books().database().write(handle -> handle.execute("update api_key set budget_micros = 1"));
        assertThat(usage(key).at("/budget/left").intValue()).isZero();
    }

    @Test
    void aKeyWithoutOneSaysNothingOfIt() {
        assertThat(usage(key(null)).has("budget")).isFalse();
    }

    @Test
    void whatRunsIsHeld() throws InterruptedException {
        String key = key(1_000L);
        server.http().runner().hold();
        Thread asking = Thread.ofVirtual().start(() -> use(key));
        TestServer.eventually("it runs", () -> server.http().runner().isHolding());
        JsonNode budget = usage(key).path("budget");
        assertThat(budget.path("spent").intValue()).isZero();
        assertThat(budget.path("held").doubleValue()).isPositive();
        assertThat(budget.path("held").decimalValue().add(budget.path("left").decimalValue()))
                .isEqualByComparingTo("0.001");
        server.http().runner().release();
        asking.join();
        assertThat(usage(key).at("/budget/held").intValue()).isZero();
    }
}
