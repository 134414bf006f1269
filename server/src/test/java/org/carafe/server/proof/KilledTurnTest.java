package org.carafe.server.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.carafe.server.channels.TurnLeases;
import org.carafe.server.cli.Carafe;
import org.carafe.server.ledger.TestPostgres;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is killed in the middle of a session's turn keeps the session from the others no longer than documented. */
final class KilledTurnTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** A busy machine's. */
    private static final Duration SLACK = Duration.ofSeconds(5);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path home;

    private final String url = TestPostgres.freshDatabase();
    private final LedgerRows rows = new LedgerRows(url);

    private Carafe serve(String... more) throws IOException {
        String[] arguments = {"--data", home.resolve("data").toString(), "--db", url};
        String[] all = new String[arguments.length + more.length];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        System.arraycopy(more, 0, all, arguments.length, more.length);
        return Carafe.serve(home, all);
    }

    private static HttpRequest message(URI base, String key, String text) {
        return HttpRequest.newBuilder(base.resolve("/v1/channels/chat"))
                .timeout(PATIENCE)
                .header("X-API-Key", key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"message\":\"" + text + "\",\"sessionId\":\"visitor\"}"))
                .build();
    }

    @Test
    void theNextTurnRunsOnTheOtherServer() throws Exception {
        Administrator administrator = new Administrator(home, new DatabaseSettings(home.resolve("data"), url));
        administrator.account("acme", 1_000_000_000);
        String key = administrator.channel("acme", "site");
        try (Carafe slow = serve("--synthetic-rate", "5");
                Carafe other = serve()) {
            URI there = slow.ready();
            URI here = other.ready();
            CompletableFuture<HttpResponse<String>> cutOff =
                    client.sendAsync(message(there, key, "first"), HttpResponse.BodyHandlers.ofString());
            awaitTurn();
            slow.signal("KILL");
            long killedNanos = System.nanoTime();

            HttpResponse<String> answer =
                    client.send(message(here, key, "second"), HttpResponse.BodyHandlers.ofString());

            Duration waited = Duration.ofNanos(System.nanoTime() - killedNanos);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(waited).isLessThan(TurnLeases.LIFE.plus(SLACK));
            assertThat(cutOff).failsWithin(PATIENCE);
            assertThat(rows.number("select count(*) from chat_message where content = 'first'"))
                    .isZero();
            assertThat(rows.number("select count(*) from chat_message")).isEqualTo(2);
        }
    }

    private void awaitTurn() throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (rows.number("select count(*) from request where status = 0") == 0) {
            assertThat(System.nanoTime()).as("a turn runs").isLessThan(deadline);
            Thread.sleep(20);
        }
        assertThat(rows.number("select count(*) from session_turn")).isEqualTo(1);
    }
}
