package org.carafe.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.carafe.server.ledger.FreshDatabase;
import org.carafe.server.ledger.LedgerAudit;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.ledger.db.Dialect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the laws of the ledger are held with: a whole server, on a fresh database of either kind. Each class that extends it has some of
 * the twelve; the last is {@code LedgerGrowthTest}.
 */
@ParameterizedClass
@EnumSource(Dialect.class)
abstract class LedgerLaws {
    static final long MANY_MICROS = 1_000_000_000L;

    @Parameter
    Dialect dialect;

    @TempDir
    Path data;

    final AtomicLong nowMillis =
            new AtomicLong(Instant.parse("2026-03-10T12:00:00Z").toEpochMilli());
    private final InstantSource clock = () -> Instant.ofEpochMilli(nowMillis.get());
    private DatabaseSettings settings;
    LedgerServer ledger;

    @BeforeEach
    void open() {
        settings = FreshDatabase.of(dialect, data);
        start();
        ledger.price(2, 10);
    }

    void start() {
        ledger = LedgerServer.start(settings, clock, builder -> builder.stepMicros(500));
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    TestServer.Answered chat(String key, String more) {
        return ledger.server().send(post(key, more, "req").build());
    }

    HttpRequest.Builder post(String key, String more, String requestId) {
        return ledger.server()
                .request("/v1/chat/completions")
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + key)
                .header("X-Request-Id", requestId)
                .POST(HttpRequest.BodyPublishers.ofString(TestServer.chatBody(more)));
    }

    static String tokens(int count) {
        return ",\"ignore_eos\":true,\"max_tokens\":" + count;
    }

    long balance(String account) {
        return ledger.number(
                "select sum(balance_micros) from fund f join account a on a.id = f.account_id where a.name = ?",
                account);
    }

    long held() {
        return ledger.number("select sum(held_micros) from fund");
    }

    static long cost(JsonNode usage) {
        return usage.path("prompt_tokens").asLong() * 2
                + usage.path("completion_tokens").asLong() * 10;
    }

    List<LedgerAudit.Finding> audit() {
        return ledger.audit();
    }
}
