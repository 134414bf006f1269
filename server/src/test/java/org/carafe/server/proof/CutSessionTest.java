package org.carafe.server.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.carafe.server.cli.Carafe;
import org.carafe.server.ledger.TestPostgres;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.proof.LedgerRows.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server on PostgreSQL whose sessions are cut off while it streams is not taken for dead by the others. */
final class CutSessionTest {
    private static final long CREDITS_MICROS = 1_000_000_000;
    private static final int TOKENS = 400;
    private static final int CUTS = 4;
    private static final String LOCKS = " from pg_locks where locktype = 'advisory' and classid = " + 0x43617266
            + " and database = (select oid from pg_database where datname = current_database())";

    @TempDir
    private Path home;

    private final String url = TestPostgres.freshDatabase();
    private final LedgerRows rows = new LedgerRows(url);

    private Carafe serve() throws IOException {
        return Carafe.serve(home, "--data", home.resolve("data").toString(), "--db", url, "--synthetic-rate", "40");
    }

    @Test
    void itsStreamIsChargedInFullByItselfAndOnce() throws Exception {
        Administrator administrator = new Administrator(home, new DatabaseSettings(home.resolve("data"), url));
        administrator.account("acme", CREDITS_MICROS);
        administrator.price(1_000, 2_000);
        String key = administrator.key("acme", Administrator.UNLIMITED);
        try (Carafe one = serve()) {
            StreamLoad load = new StreamLoad(one.ready(), key, "cut");
            long lock = rows.number("select objid" + LOCKS);
            try (Carafe other = serve()) {
                other.ready();
                load.startOne(TOKENS, 0);
                load.awaitFirstToken();
                for (int cut = 0; cut < CUTS; cut++) {
                    assertThat(rows.number("select count(pg_terminate_backend(pid))" + LOCKS + " and objid = " + lock))
                            .as("cut " + cut)
                            .isEqualTo(1);
                    Thread.sleep(2_300);
                }
                List<Received> received = load.await();

                assertThat(received).hasSize(1);
                Received stream = received.getFirst();
                assertThat(stream.finished).as(stream.toString()).isTrue();
                assertThat(stream.tokens()).isEqualTo(TOKENS);
                Row row = rows.requests().get(stream.requestId).getFirst();
                assertThat(row.status()).isEqualTo(Row.POSTED);
                assertThat(row.completionTokens()).isEqualTo(TOKENS);
                assertThat(row.costMicros()).isEqualTo(row.promptTokens() * 1_000 + TOKENS * 2_000L);
                Books.assertRight(rows, CREDITS_MICROS, "after the cuts");
            }
        }
        assertThat(administrator.audit()).isEmpty();
    }
}
