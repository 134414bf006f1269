package org.carafe.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the shell finds its ledger and the master key. */
final class ShellPlacesTest {
    @TempDir
    private Path home;

    private Shell shell;

    @BeforeEach
    void inADirectoryOfItsOwn() {
        shell = new Shell(home.resolve("data"));
    }

    @Test
    void optionsAreUnderstoodBeforeAndAfterTheSubcommand() {
        assertThat(Shell.carafe("accounts", "create", "a", "--data", shell.data(), "--json")
                        .exit())
                .isZero();
        assertThat(Shell.carafe("accounts", "--data", shell.data(), "show", "a", "--json")
                        .out())
                .startsWith("{\"name\":\"a\"");
        assertThat(Shell.carafe("--data", shell.data(), "--json", "accounts", "show", "a")
                        .out())
                .startsWith("{\"name\":\"a\"");
        assertThat(Shell.carafe(
                                "--data",
                                home.resolve("other").toString(),
                                "accounts",
                                "list",
                                "--data",
                                shell.data(),
                                "--json")
                        .out())
                .startsWith("[{\"name\":\"a\"");
        assertThat(Shell.carafe("--data", shell.data(), "usage", "--json").out())
                .isEqualTo("[]\n");
        assertThat(Shell.carafe("usage", "--data", shell.data(), "--json").out())
                .isEqualTo("[]\n");
    }

    @Test
    void theLedgerAndItsMasterKeyAreMadeForTheirOwnerAlone() throws IOException {
        Path key = home.resolve("keys/master");
        assertThat(shell.run("accounts", "list", "--master-key-file", key.toString())
                        .out())
                .isEqualTo("none\n");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(shell.data()))))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        assertThat(Path.of(shell.data(), "carafe.db")).exists();
        assertThat(Path.of(shell.data(), "master.key")).doesNotExist();
    }

    @Test
    void anotherMasterKeyIsRefusedBeforeItMakesKeysThatNoServerKnows() throws IOException {
        shell.json("accounts", "create", "acme");
        assertThat(shell.complaint(
                        "keys",
                        "create",
                        "--account",
                        "acme",
                        "--master-key-file",
                        home.resolve("other").toString()))
                .contains("master key");
    }
}
