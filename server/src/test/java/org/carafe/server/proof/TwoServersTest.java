package org.carafe.server.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.carafe.server.accounts.Limits;
import org.carafe.server.cli.Carafe;
import org.carafe.server.ledger.TestPostgres;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.proof.LedgerRows.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers on one PostgreSQL are one: limits and balances are exact, and one ends what the other left behind. */
final class TwoServersTest {
    private static final long CREDITS_MICROS = 1_000_000_000;
    private static final int STREAMS = 8;
    private static final long PATIENCE_MILLIS = 20_000;

    @TempDir
    private Path home;

    private final String url = TestPostgres.freshDatabase();
    private final LedgerRows rows = new LedgerRows(url);

    private Carafe serve(String... more) throws IOException {
        // One directory: the master key in it is both servers'.
        List<String> arguments = new ArrayList<>(
                List.of("--data", home.resolve("data").toString(), "--db", url, "--limits", "database"));
        arguments.addAll(List.of(more));
        return Carafe.serve(home, arguments.toArray(String[]::new));
    }

    @Test
    void theCapIsOneCapTheBalanceOneBalanceAndAKilledServersHoldsAreEndedByTheOther() throws Exception {
        Administrator administrator = new Administrator(home, new DatabaseSettings(home.resolve("data"), url));
        administrator.account("acme", CREDITS_MICROS);
        administrator.price(1_000, 2_000);
        String capped = administrator.key("acme", new Limits(50L, 1_000_000L, null, null, null));
        String key = administrator.key("acme", Administrator.UNLIMITED);
        try (Carafe one = serve("--synthetic-rate", "40");
                Carafe other = serve("--synthetic-rate", "40")) {
            List<URI> bases = List.of(one.ready(), other.ready());

            List<HttpResponse<String>> answers = Asking.race(bases, capped, 120, 2);

            assertThat(Asking.count(answers, 200)).isEqualTo(50);
            assertThat(Asking.count(answers, 429)).isEqualTo(70);
            Books.assertRight(rows, CREDITS_MICROS, "after the race");

            StreamLoad dying = new StreamLoad(bases.get(0), key, "dying");
            dying.start(STREAMS, 400, 1);
            awaitOpen(STREAMS);
            Thread.sleep(1_500);
            one.signal("KILL");
            List<Received> cutOff = dying.await();
            awaitOpen(0);

            Books.assertRight(rows, CREDITS_MICROS, "after one was killed");
            Map<String, List<Row>> requests = rows.requests();
            for (Received received : cutOff) {
                if (received.status == 200) {
                    assertThat(requests.get(received.requestId))
                            .as(received.toString())
                            .hasSize(1);
                    assertThat(requests.get(received.requestId).getFirst().completionTokens())
                            .as(received.toString())
                            .isLessThanOrEqualTo(received.finished ? received.tokensMax : received.tokens());
                }
            }
            assertThat(Asking.completion(bases.get(1), key, 3).statusCode()).isEqualTo(200);
            assertThat(administrator.audit()).isEmpty();
        }
        try (Carafe again = serve()) {
            assertThat(Asking.completion(again.ready(), key, 3).statusCode()).isEqualTo(200);
        }
        Books.assertRight(rows, CREDITS_MICROS, "at the end");
    }

    private void awaitOpen(long count) throws Exception {
        long deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
        while (rows.number("select count(*) from request where status = 0") != count) {
            assertThat(System.currentTimeMillis()).as("open holds").isLessThan(deadline);
            Thread.sleep(50);
        }
    }
}
