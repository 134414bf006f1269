package org.carafe.server.ledger.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DatabaseTest {
    @TempDir
    Path data;

    @Test
    void aNewDirectoryBecomesALedgerThatOpensAgain() {
        for (int i = 0; i < 2; i++) {
            try (Database database = Database.open(DatabaseSettings.sqlite(data.resolve("new")))) {
                assertThat(database.<Integer>read(handle -> handle.select("select count(*) from fund")
                                .mapTo(Integer.class)
                                .one()))
                        .isEqualTo(2);
            }
        }
    }

    @Test
    void noTwoProcessesShareANumber() {
        Set<Long> numbers = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            try (Database database = Database.open(DatabaseSettings.sqlite(data))) {
                assertThat(numbers.add(database.processNumber())).isTrue();
                assertThat(numbers.add(database.processNumber())).isFalse();
            }
        }
    }

    @Test
    void commitsAreSynchronousAndLogged() {
        try (Database database = Database.open(DatabaseSettings.sqlite(data))) {
            String mode = database.write(handle -> handle.select("select * from pragma_journal_mode")
                    .mapTo(String.class)
                    .one());
            int synchronous = database.write(handle -> handle.select("select * from pragma_synchronous")
                    .mapTo(Integer.class)
                    .one());
            assertThat(mode).isEqualTo("wal");
            assertThat(synchronous).as("2 is FULL").isEqualTo(2);
        }
    }

    @Test
    void aReaderCannotWrite() {
        try (Database database = Database.open(DatabaseSettings.sqlite(data))) {
            assertThatThrownBy(() -> database.read(handle -> handle.execute("delete from fund")))
                    .isInstanceOf(LedgerUnavailableException.class);
        }
    }

    @Test
    void whatThrowsIsRolledBack() {
        try (Database database = Database.open(DatabaseSettings.sqlite(data))) {
            assertThatThrownBy(() -> database.write(handle -> {
                        handle.execute("update settings_version set version = 7");
                        throw new IllegalStateException("no");
                    }))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(database.<Long>read(handle -> handle.select("select version from settings_version")
                            .mapTo(Long.class)
                            .one()))
                    .isZero();
        }
    }

    @Test
    void aFileThatIsNoDatabaseIsNamedAndLeftAlone() throws IOException {
        Path file = data.resolve("carafe.db");
        Files.writeString(file, "this is a letter, not a database. ".repeat(100));
        assertThatThrownBy(() -> Database.open(DatabaseSettings.sqlite(data)))
                .isInstanceOf(LedgerUnavailableException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("not an SQLite database");
        assertThat(file).content().startsWith("this is a letter");
    }

    @Test
    void nobodyElseReadsItWhoeverMadeTheDirectory() throws IOException {
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (Database database = Database.open(DatabaseSettings.sqlite(data))) {
            assertThat(database.processNumber()).isPositive();
            for (String file : List.of("carafe.db", "carafe.db-wal", "carafe.db-shm")) {
                assertThat(Files.getPosixFilePermissions(data.resolve(file)))
                        .as(file)
                        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            }
        }
    }
}
