package org.carafe.server.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.carafe.server.cli.Carafe;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.proof.LedgerRows.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full disk lets nobody in, loses nothing, and is over when it is over. */
final class FullDiskTest {
    private static final long CREDITS_MICROS = 1_000_000_000;
    private static final long PATIENCE_MILLIS = 20_000;

    @TempDir
    private Path home;

    @Test
    void aFullDiskFailsClosedAndLosesNothing() throws Exception {
        for (FullDisk disk : FullDisk.all(home)) {
            try (disk) {
                fillAndFree(disk);
            }
        }
    }

    private void fillAndFree(FullDisk disk) throws Exception {
        Path data = disk.directory().resolve("data");
        LedgerRows rows = new LedgerRows("jdbc:sqlite:" + data.resolve("carafe.db"));
        Administrator administrator = new Administrator(home, DatabaseSettings.sqlite(data));
        administrator.account("acme", CREDITS_MICROS);
        administrator.price(1_000, 2_000);
        String key = administrator.key("acme", Administrator.UNLIMITED);
        try (Carafe carafe = Carafe.serve(home, "--data", data.toString(), "--synthetic-rate", "50")) {
            URI base = carafe.ready();
            assertThat(Asking.completion(base, key, 2).statusCode()).isEqualTo(200);
            StreamLoad stream = new StreamLoad(base, key, "full");
            stream.startOne(75, 0);
            while (rows.number("select count(*) from request where status = 0") == 0) {
                Thread.sleep(20);
            }

            disk.fill(carafe);
            try {
                for (int i = 0; i < 5; i++) {
                    HttpResponse<String> refused = Asking.completion(base, key, 2);
                    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
                    assertThat(Asking.code(refused)).isEqualTo("ledger_unavailable");
                }
                assertThat(rows.requests()).hasSize(2);
                // Its settlement has to wait.
                List<Received> received = stream.await();
                assertThat(received)
                        .singleElement()
                        .satisfies(one -> assertThat(one.finished).isFalse());
            } finally {
                disk.free(carafe);
            }

            awaitSuccess(base, key);
            awaitSettled(rows);
            Row settled = rows.requests().get("full-0-0").getFirst();
            assertThat(settled.status()).isEqualTo(Row.POSTED);
            assertThat(settled.completionTokens()).isEqualTo(75);
            Books.assertRight(rows, CREDITS_MICROS, disk.toString());
            carafe.signal("TERM");
            assertThat(carafe.exit()).isZero();
            if (disk instanceof FullDisk.Small small) {
                startWithout(small, data, carafe);
            }
            assertThat(administrator.audit()).isEmpty();
        }
    }

    private void startWithout(FullDisk.Small disk, Path data, Carafe server) throws IOException, InterruptedException {
        disk.fill(server);
        try (Carafe refused = Carafe.serve(home, "--data", data.toString())) {
            assertThat(refused.exit()).isEqualTo(2);
            assertThat(refused.errors().strip().lines())
                    .singleElement()
                    .asString()
                    .isEqualTo("carafe: cannot open the ledger " + data.resolve("carafe.db") + ": the disk is full");
        }
        disk.free(server);
        try (Carafe again = Carafe.serve(home, "--data", data.toString())) {
            again.ready();
        }
    }

    private static void awaitSuccess(URI base, String key) throws Exception {
        long deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
        while (Asking.completion(base, key, 2).statusCode() != 200) {
            assertThat(System.currentTimeMillis()).as("recovery").isLessThan(deadline);
            Thread.sleep(100);
        }
    }

    private static void awaitSettled(LedgerRows rows) throws Exception {
        long deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
        while (rows.number("select count(*) from request where status = 0") > 0) {
            assertThat(System.currentTimeMillis()).as("settlement").isLessThan(deadline);
            Thread.sleep(50);
        }
    }
}
