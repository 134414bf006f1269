package org.carafe.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.time.InstantSource;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.ledger.db.Dialect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An idempotent answer and its charge are one transaction: whatever fails at its commit, both are there or neither is. */
abstract class KeptWithItsCharge {
    private static final String TOKENS = ",\"max_tokens\":8,\"ignore_eos\":true";
    private static final String STREAM = TOKENS + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}";

    private static final long CREDITS_MICROS = 1_000_000_000;

    private DatabaseSettings settings;
    private LedgerServer server;
    private String key;

    abstract DatabaseSettings fresh();

    @BeforeEach
    void start() {
        settings = fresh();
        server = serve();
        server.price(3, 7);
        server.account("acme", CREDITS_MICROS);
        key = server.key("acme", LedgerServer.UNLIMITED);
    }

    private LedgerServer serve() {
        return LedgerServer.start(settings, InstantSource.system(), builder -> builder);
    }

    @AfterEach
    void stop() {
        assertThat(server.audit()).isEmpty();
        MemoryBudget recordings = server.server().server().recordings();
        TestServer.eventually("no answer is in memory", () -> recordings.leftBytes() == recordings.bytes());
        server.close();
    }

    private TestServer.Answered chat(String idempotencyKey, String more) {
        return server.server()
                .send(server.server()
                        .request("/v1/chat/completions")
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", idempotencyKey)
                        .POST(HttpRequest.BodyPublishers.ofString(TestServer.chatBody(more), UTF_8))
                        .build());
    }

    /** From now on a transaction that keeps an answer fails at its commit, and not before: a foreign key that is looked at then. */
    private void breakCommits() {
        server.books().database().write(handle -> {
            handle.execute("create table needed (id integer primary key)");
            handle.execute("create table needing (id integer references needed (id) deferrable initially deferred)");
            if (server.books().database().dialect() == Dialect.SQLITE) {
                handle.execute("create trigger no_commit after update on idempotency when new.response is not null"
                        + " begin insert into needing values (1); end");
            } else {
                handle.execute("create function no_commit() returns trigger language plpgsql as"
                        + " 'begin insert into needing values (1); return new; end'");
                handle.execute("create trigger no_commit after update on idempotency for each row"
                        + " when (new.response is not null) execute function no_commit()");
            }
            return true;
        });
    }

    private void repairCommits() {
        server.books().database().write(handle -> handle.execute("insert into needed values (1)"));
    }

    private long earned() {
        return server.number("select balance_micros from fund where kind = 'earned'");
    }

    private long kept() {
        return server.number("select count(*) from idempotency where response is not null");
    }

    private long costOfOne(String more) {
        long before = earned();
        assertThat(chat("cost", more).status()).isEqualTo(200);
        return earned() - before;
    }

    @ParameterizedTest
    @ValueSource(strings = {TOKENS, STREAM, STREAM + ",\"n\":3"})
    void whereTheCommitFailsNeitherIsThereAndOnceItWorksBothAre(String more) {
        long cost = costOfOne(more);
        assertThat(cost).isPositive();
        boolean isStream = !more.equals(TOKENS);
        breakCommits();

        TestServer.Answered first = chat("k", more);

        assertThat(first.status()).isEqualTo(isStream ? 200 : 503);
        assertThat(first.body()).contains("ledger_unavailable").doesNotContain("[DONE]");
        assertThat(earned()).isEqualTo(cost);
        assertThat(kept()).isEqualTo(1);
        for (int i = 0; i < 3; i++) {
            TestServer.Answered meanwhile = chat("k", more);
            assertThat(meanwhile.status()).isEqualTo(409);
            assertThat(meanwhile.header("Retry-After")).isNotEmpty();
        }
        assertThat(chat("k", more + ",\"seed\":5").status()).isEqualTo(409);

        repairCommits();
        TestServer.eventually("it is settled", () -> chat("k", more).status() == 200);

        TestServer.Answered again = chat("k", more);
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        if (isStream) {
            String shown = first.body().substring(0, first.body().lastIndexOf("data: {\"error\""));
            assertThat(again.body()).startsWith(shown).endsWith("data: [DONE]\n\n");
            assertThat(again.body()).contains("\"completion_tokens\"");
        } else {
            assertThat(again.json().at("/usage/completion_tokens").intValue()).isEqualTo(8);
        }
        assertThat(chat("k", more).body()).isEqualTo(again.body());
        assertThat(earned()).isEqualTo(2 * cost);
        assertThat(server.number("select count(*) from request")).isEqualTo(2);
        assertThat(server.books().ledger().unsettled()).isZero();
    }

    @Test
    void aServerThatStopsBeforeALateSettlementLeavesNeitherBehindAndTheRetryRuns() {
        long cost = costOfOne(TOKENS);
        breakCommits();
        assertThat(chat("k", TOKENS).status()).isEqualTo(503);
        server.close();
        server = serve();
        repairCommits();

        TestServer.eventually("its key is free", () -> chat("k", TOKENS).status() == 200);

        assertThat(chat("k", TOKENS).header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(earned()).isEqualTo(2 * cost);
        assertThat(server.number("select count(*) from request where status = 1"))
                .isEqualTo(2);
        assertThat(server.number("select count(*) from request where status = 0"))
                .isZero();
    }

    @Test
    void aRequestWithoutTheHeaderWritesNoClaim() {
        HttpRequest plain = server.server()
                .request("/v1/chat/completions")
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(TestServer.chatBody(TOKENS), UTF_8))
                .build();
        assertThat(server.server().send(plain).status()).isEqualTo(200);
        assertThat(server.number("select count(*) from idempotency where scope like 'requests:%'"))
                .isZero();
    }
}
