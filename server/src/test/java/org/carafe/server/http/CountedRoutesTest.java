package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.accounts.ErrorStyle;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.carafe.server.documents.DocumentLimits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Routes that cost nothing are limited all the same, but for those by which a caller learns of its limits. */
final class CountedRoutesTest {
    private static final String REMAINING = "X-RateLimit-Remaining-Requests";
    private static final KeyScope DOCUMENTS = new KeyScope(null, List.of("/v1/documents"), null, null);
    private static final String DOCUMENT = "{'name':'a.txt','text':'Returns are free.'}";

    @TempDir
    static Path data;

    private static DialectServer server;

    @BeforeAll
    static void start() {
        server = DialectServer.start(data);
        server.assistant("bot", null, Map.of());
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static Limits perMinute(long requests) {
        return new Limits(requests, 1_000L, null, null, null);
    }

    static List<Routes> counted() {
        return Arrays.stream(Routes.values())
                .filter(route -> route.metering() == Metering.COUNTED)
                .toList();
    }

    /** A key that the route is for. */
    private static String key(Routes route, long requests) {
        if (route.isChannel()) {
            return String.valueOf(
                    server.channel(route + "-" + requests, null, requests, null).key());
        }
        boolean documents = route.scope().equals("/v1/documents");
        return server.key(documents ? "bot" : null, documents ? DOCUMENTS : KeyScope.ALL, perMinute(requests));
    }

    private static TestServer.Answered ask(Routes route, String key) {
        return switch (route) {
            case TOKENIZE -> server.post("/tokenize", key, "{'model':'carafe/demo','prompt':'Once'}");
            case DETOKENIZE -> server.post("/detokenize", key, "{'model':'carafe/demo','tokens':[5,6]}");
            case DOCUMENT_ADD -> server.post("/v1/documents", key, DOCUMENT);
            case DOCUMENTS -> server.get("/v1/documents", key);
            case DOCUMENT -> server.get("/v1/documents/doc_none", key);
            case DOCUMENT_DELETE -> server.delete("/v1/documents/doc_none", key);
            case CHANNEL_HISTORY -> server.get("/v1/channels/history?sessionId=s", key);
            default -> throw new AssertionError("a counted route that this test does not ask: " + route);
        };
    }

    @ParameterizedTest
    @MethodSource("counted")
    void eachTakesOneRequestOfTheMinuteAndNoMoreThanThereAre(Routes route) {
        String key = key(route, 3);
        for (String remaining : List.of("2", "1", "0")) {
            TestServer.Answered answer = ask(route, key);
            assertThat(answer.status()).as(answer.body()).isIn(200, 201, 404);
            assertThat(answer.header(REMAINING)).isEqualTo(remaining);
        }
        for (int i = 0; i < 2; i++) {
            TestServer.Answered refused = ask(route, key);
            assertThat(refused.status()).as(refused.body()).isEqualTo(429);
            assertThat(refused.header(REMAINING)).isEqualTo("0");
            assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 60);
        }
    }

    @Test
    void theyTakeNoTokensAndNoCredits() {
        String key = key(Routes.TOKENIZE, 10);
        long balance = server.ledger().number("select sum(balance_micros) from fund where account_id is not null");
        assertThat(ask(Routes.TOKENIZE, key).header("X-RateLimit-Remaining-Tokens"))
                .isEqualTo("1000");
        assertThat(server.ledger().number("select sum(balance_micros) from fund where account_id is not null"))
                .isEqualTo(balance);
    }

    @Test
    void theyTakeFromTheAccountsMinuteToo() {
        server.ledger()
                .account(
                        "small",
                        0,
                        new AccountSettings(null, ErrorStyle.OPENAI, null, null, 0, perMinute(2), null, 0, Map.of()));
        String first = server.ledger().key("small", LedgerServer.UNLIMITED);
        String second = server.ledger().key("small", LedgerServer.UNLIMITED);
        assertThat(ask(Routes.TOKENIZE, first).header(REMAINING)).isEqualTo("1");
        assertThat(ask(Routes.TOKENIZE, second).header(REMAINING)).isEqualTo("0");
        assertThat(ask(Routes.TOKENIZE, first).status()).isEqualTo(429);
    }

    @Test
    void whoHasReachedALimitCanStillAskForModelsAndUsage() {
        String key = key(Routes.TOKENIZE, 1);
        assertThat(ask(Routes.TOKENIZE, key).status()).isEqualTo(200);
        assertThat(ask(Routes.TOKENIZE, key).status()).isEqualTo(429);
        for (String path : List.of("/v1/models", "/v1/models/carafe/demo", "/v1/usage")) {
            TestServer.Answered answer = server.get(path, key);
            assertThat(answer.status()).as(path).isEqualTo(200);
            assertThat(answer.header(REMAINING)).as(path).isEqualTo("0");
        }
    }

    @Test
    void aBreakdownOfUsageTakesOneRequestAndOneThatSaysSomethingWrongNone() {
        String key = key(Routes.TOKENIZE, 2);
        assertThat(server.get("/v1/usage?group_by=year", key).status()).isEqualTo(422);
        assertThat(server.get("/v1/usage?from=2026-11-22&to=2026-11-21", key).status())
                .isEqualTo(422);
        assertThat(server.get("/v1/usage?group_by=key", key).header(REMAINING)).isEqualTo("1");
        assertThat(server.get("/v1/usage?from=2026-11-21", key).header(REMAINING))
                .isEqualTo("0");
        TestServer.Answered refused = server.get("/v1/usage?group_by=day", key);
        assertThat(refused.status()).as(refused.body()).isEqualTo(429);
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 60);
        assertThat(server.get("/v1/usage", key).status()).isEqualTo(200);
    }

    @Test
    void aRequestThatIsRefusedForWhatItSaysTakesNothing() {
        String key = key(Routes.TOKENIZE, 2);
        assertThat(server.post("/tokenize", key, "{'prompt':1").status()).isEqualTo(400);
        assertThat(server.post("/tokenize", key, "{'model':'none','prompt':'x'}")
                        .status())
                .isEqualTo(404);
        assertThat(server.get("/v1/documents", key).status()).isEqualTo(403);
        assertThat(server.get("/v1/models", key).header(REMAINING)).isEqualTo("2");
        String documents = key(Routes.DOCUMENT_ADD, 2);
        assertThat(server.post("/v1/documents", documents, "{'name':'a.txt'}").status())
                .isEqualTo(422);
        assertThat(ask(Routes.DOCUMENT_ADD, documents).header(REMAINING)).isEqualTo("1");
    }

    @Test
    void idsThatAreNoneTakeNothing() {
        String key = key(Routes.DETOKENIZE, 2);
        assertThat(server.post("/detokenize", key, "{'model':'carafe/demo','tokens':[99999999]}")
                        .status())
                .isBetween(400, 422);
        assertThat(server.get("/v1/models", key).header(REMAINING)).isEqualTo("2");
    }

    @Test
    void aDocumentTooManyTakesNothing() {
        server.assistant("full", null, Map.of());
        server.ledger()
                .books()
                .database()
                .write(handle -> handle.execute(
                        "insert into document (public_id, assistant_id, name, media_type, bytes, characters, passages,"
                                + " created_at) with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)"
                                + " select 'doc_' || i, a.id, 'n', 'text/plain', 1, 1, 0, 0 from n, assistant a"
                                + " where a.name = 'full'",
                        DocumentLimits.DOCUMENTS_MAX));
        String key = server.key("full", DOCUMENTS, perMinute(2));
        TestServer.Answered refused = server.post("/v1/documents", key, DOCUMENT);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.body()).contains("the most there may be");
        assertThat(server.get("/v1/documents", key).header(REMAINING)).isEqualTo("1");
    }

    @Test
    void aRequestThatTheDatabaseFailsTakesNothing() {
        String key = key(Routes.TOKENIZE, 2);
        assertThat(ask(Routes.TOKENIZE, key).header(REMAINING)).isEqualTo("1");
        rename("fund", "fund_away");
        try {
            assertThat(ask(Routes.TOKENIZE, key).status()).isGreaterThanOrEqualTo(500);
        } finally {
            rename("fund_away", "fund");
        }
        assertThat(server.get("/v1/models", key).header(REMAINING)).isEqualTo("1");
        assertThat(ask(Routes.TOKENIZE, key).status()).isEqualTo(200);
    }

    private static void rename(String table, String name) {
        server.ledger()
                .books()
                .database()
                .write(handle -> handle.execute("alter table " + table + " rename to " + name));
    }

    @Test
    void aDocumentThatCannotBeReadTakesOne() {
        String key = key(Routes.DOCUMENT_ADD, 2);
        HttpRequest broken = server.request("/v1/documents", key)
                .header("Content-Type", "multipart/form-data; boundary=B")
                .POST(HttpRequest.BodyPublishers.ofString("""
                        --B
                        Content-Disposition: form-data; name="file"; filename="x.pdf"
                        Content-Type: application/pdf

                        no pdf
                        --B--
                        """.replace("\n", "\r\n")))
                .build();
        TestServer.Answered answer = server.http().send(broken);
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.header(REMAINING)).isEqualTo("1");
    }

    @Test
    void administratorsAreNotCounted() {
        String admin = String.valueOf(server.ledger()
                .acts()
                .keys()
                .createManagement("test", KeySettings.named("admin"), null)
                .key());
        for (int i = 0; i < 70; i++) {
            assertThat(server.get("/v1/documents?assistant=bot", admin).status())
                    .isEqualTo(200);
        }
    }
}
