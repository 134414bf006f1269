package org.carafe.server.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Random;
import org.carafe.server.cli.Carafe;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger that is locked, damaged or none at all: one clear line, nobody let in, and the file as it was. */
final class BrokenFileTest {
    private static final int PAGE_BYTES = 4096;

    @TempDir
    private Path home;

    private Path file() {
        return home.resolve("data").resolve("carafe.db");
    }

    private Administrator administrator() {
        return new Administrator(home, DatabaseSettings.sqlite(home.resolve("data")));
    }

    private void assertRefused(String reason) throws IOException, InterruptedException {
        try (Carafe carafe = serve()) {
            assertThat(carafe.line()).isNull();
            assertThat(carafe.exit()).isEqualTo(2);
            assertThat(carafe.errors().strip().lines())
                    .singleElement()
                    .asString()
                    .startsWith("carafe: ")
                    .contains(file().toString())
                    .contains(reason);
        }
    }

    private Carafe serve() throws IOException {
        return Carafe.serve(home, "--data", home.resolve("data").toString());
    }

    @Test
    void aFileThatIsNoDatabaseEndsTheStartAndStaysAsItIs() throws Exception {
        Files.createDirectory(home.resolve("data"));
        Files.writeString(file(), "Dear diary, ".repeat(1_000));

        assertRefused("the file is not an SQLite database");

        assertThat(file()).hasContent("Dear diary, ".repeat(1_000));
    }

    @Test
    void aDamagedPageEndsTheStartAndNothingIsWritten() throws Exception {
        administrator().account("acme", 5_000_000);
        byte[] garbage = new byte[3 * PAGE_BYTES];
        new Random(7).nextBytes(garbage);
        try (RandomAccessFile damaged = new RandomAccessFile(file().toFile(), "rw")) {
            assertThat(damaged.length()).isGreaterThan(10L * PAGE_BYTES);
            damaged.seek(4L * PAGE_BYTES);
            damaged.write(garbage);
        }
        byte[] before = Files.readAllBytes(file());

        assertRefused("damaged");

        assertThat(file()).hasBinaryContent(before);
    }

    @Test
    void aLockedLedgerLetsNobodyInUntilItIsFree() throws Exception {
        Administrator administrator = administrator();
        administrator.account("acme", 5_000_000);
        administrator.price(1, 1);
        String key = administrator.key("acme", Administrator.UNLIMITED);
        LedgerRows rows = new LedgerRows("jdbc:sqlite:" + file());
        try (Carafe carafe = serve()) {
            URI base = carafe.ready();
            try (Connection locking = DriverManager.getConnection("jdbc:sqlite:" + file());
                    Statement statement = locking.createStatement()) {
                statement.execute("begin exclusive");

                HttpResponse<String> refused = Asking.completion(base, key, 2);

                assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
                assertThat(Asking.code(refused)).isEqualTo("ledger_unavailable");
                statement.execute("rollback");
            }
            assertThat(Asking.completion(base, key, 2).statusCode()).isEqualTo(200);
            Books.assertRight(rows, 5_000_000, "after the lock");
        }
        try (Connection locking = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = locking.createStatement()) {
            statement.execute("begin exclusive");
            assertRefused("another process has locked it");
        }
        try (Carafe carafe = serve()) {
            assertThat(Asking.completion(carafe.ready(), key, 2).statusCode()).isEqualTo(200);
        }
    }
}
