package org.carafe.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.carafe.server.admin.NewChannel;
import org.carafe.server.catalogue.Capability;
import org.carafe.server.catalogue.CatalogueModel;
import org.carafe.server.ledger.Price;
import org.carafe.server.ledger.TestPostgres;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Turns of one session that come to two servers on one PostgreSQL. */
final class ReplicaTurnsTest {
    private static final int TURNS = 40;
    private static final int VISITORS_PER_SERVER = 4;

    private static final AtomicInteger NAMES = new AtomicInteger();

    @TempDir
    static Path data;

    private static LedgerServer one;
    private static LedgerServer other;

    private final String account = "acme" + NAMES.incrementAndGet();
    private String key;

    @BeforeAll
    static void start() {
        DatabaseSettings database = new DatabaseSettings(data, TestPostgres.freshDatabase());
        one = server(database);
        other = server(database);
    }

    @BeforeEach
    void makeChannel() {
        one.account(account, 1_000_000_000);
        key = one.acts()
                .channels()
                .create("test", new NewChannel("site", account, TestServer.MODEL, null, null, 1_000_000L, null))
                .key();
    }

    @AfterAll
    static void close() {
        other.close();
        one.close();
    }

    private static LedgerServer server(DatabaseSettings database) {
        CatalogueModel brief = new CatalogueModel(
                TestServer.MODEL, "", null, 2048, 4, Set.of(Capability.CHAT), new Price(0, 0, 0, 0), List.of());
        return LedgerServer.start(
                database,
                InstantSource.system(),
                builder -> builder.entry(brief).stepMicros(1_000));
    }

    private TestServer.Answered say(LedgerServer server, String session, String message) {
        return server.server()
                .send(server.server()
                        .request("/v1/channels/chat")
                        .header("X-API-Key", key)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"message\":\"" + message + "\",\"sessionId\":\"" + session + "\"}", UTF_8))
                        .build());
    }

    private JsonNode history(LedgerServer server, String session) {
        return server.server()
                .send(server.server()
                        .request("/v1/channels/history?sessionId=" + session)
                        .header("X-API-Key", key)
                        .GET()
                        .build())
                .json()
                .path("messages");
    }

    @Test
    void theyComeOutOneAfterTheOtherWithNoneLost() throws InterruptedException {
        AtomicInteger next = new AtomicInteger();
        List<String> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> visitors = new ArrayList<>();
        for (int i = 0; i < 2 * VISITORS_PER_SERVER; i++) {
            LedgerServer server = i % 2 == 0 ? one : other;
            visitors.add(Thread.ofVirtual().start(() -> {
                for (int turn = next.getAndIncrement(); turn < TURNS; turn = next.getAndIncrement()) {
                    TestServer.Answered answer = say(server, "s", "turn" + turn);
                    if (answer.status() != 200) {
                        failures.add(answer.status() + " " + answer.body());
                    }
                }
            }));
        }
        for (Thread visitor : visitors) {
            visitor.join();
        }

        assertThat(failures).isEmpty();
        JsonNode messages = history(one, "s");
        assertThat(messages).hasSize(2 * TURNS).isEqualTo(history(other, "s"));
        Set<String> questions = new TreeSet<>();
        for (int i = 0; i < messages.size(); i += 2) {
            assertThat(messages.get(i).path("role").textValue()).isEqualTo("user");
            assertThat(messages.get(i + 1).path("role").textValue()).isEqualTo("assistant");
            questions.add(messages.get(i).path("content").textValue());
        }
        assertThat(questions).hasSize(TURNS);
        // Each began after the one before was settled, and was asked with all that had been said.
        assertThat(one.number(
                        "select count(*) from request a join request b on a.account_id = b.account_id and a.id < b.id"
                                + " and a.created_at < b.ended_at and b.created_at < a.ended_at"
                                + " where a.account_id = (select id from account where name = ?)",
                        account))
                .isZero();
        assertThat(promptTokens()).hasSize(TURNS).isSorted().doesNotHaveDuplicates();
        assertThat(one.number("select count(*) from session_turn")).isZero();
    }

    private List<Long> promptTokens() {
        return one.books()
                .database()
                .read(handle -> handle.select(
                                "select prompt_tokens from request where account_id = (select id from account where name = ?)"
                                        + " order by created_at",
                                account)
                        .mapTo(Long.class)
                        .list());
    }

    @Test
    void aTurnSeesWhatTheOtherServerAnswered() {
        for (int i = 0; i < 6; i++) {
            LedgerServer server = i % 2 == 0 ? one : other;
            assertThat(say(server, "memory", "turn" + i).status()).isEqualTo(200);
            String prompt = server.server()
                    .model()
                    .tokenizer()
                    .decode(server.server().runner().lastPrompt(), false);
            for (int before = 0; before <= i; before++) {
                assertThat(prompt).contains("turn" + before);
            }
        }
    }

    @Test
    void aTurnThatLostItsLeaseIsAnErrorAndNotRemembered() throws InterruptedException {
        one.server().runner().hold();
        List<TestServer.Answered> answers = Collections.synchronizedList(new ArrayList<>());
        Thread visitor = Thread.ofVirtual().start(() -> answers.add(say(one, "lost", "first")));
        TestServer.eventually("it runs", () -> one.server().runner().isHolding());
        // As if this server had not reached the database for so long.
        one.books().database().write(handle -> handle.execute("update session_turn set expires_at = 0"));
        assertThat(say(other, "lost", "second").status()).isEqualTo(200);
        one.server().runner().release();
        visitor.join();
        assertThat(answers)
                .singleElement()
                .satisfies(answer -> assertThat(answer.status()).isEqualTo(500));
        assertThat(history(one, "lost").findValuesAsText("content"))
                .hasSize(2)
                .first()
                .isEqualTo("second");
    }

    @Test
    void aFailedTurnLetsTheOtherServerGoOnAtOnce() {
        one.server().runner().fail(true);
        try {
            assertThat(say(one, "failed", "first").status()).isEqualTo(500);
        } finally {
            one.server().runner().fail(false);
        }
        assertThat(one.number("select count(*) from session_turn")).isZero();
        assertThat(say(other, "failed", "again").status()).isEqualTo(200);
    }
}
