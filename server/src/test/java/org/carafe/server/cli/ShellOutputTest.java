package org.carafe.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people and programs read: tables, JSON, verdicts and help. */
final class ShellOutputTest {
    @TempDir
    private Path home;

    private Shell shell;

    @BeforeEach
    void inADirectoryOfItsOwn() {
        shell = new Shell(home.resolve("data"));
    }

    @Test
    void tablesFitATerminal() throws IOException {
        String longName = "an account whose name is much longer than any column of any table ought to be, 漢字";
        shell.json("accounts", "create", longName, "--monthly-credits", "999999999999.999999");
        shell.json(
                "credits", "add", longName, "0.000001", "--reason", "a reason that is too long for its column, by far");
        shell.json("keys", "create", "--account", longName, "--name", longName);
        shell.json(
                "channels",
                "create",
                longName,
                "--account",
                longName,
                "--model",
                "a/model-with-a-very-long-name-0.1-instruct");
        shell.json(
                "prices",
                "set",
                "a/model-with-a-very-long-name-0.1-instruct",
                "--prompt",
                "0.000001",
                "--completion",
                "1000000");
        for (String command : List.of(
                "accounts list",
                "channels list",
                "prices list",
                "audit log",
                "plans list",
                "assistants list",
                "usage")) {
            assertFits(shell.run(command.split(" ", -1)));
        }
        assertFits(shell.run("keys", "list", "--account", longName));
        Shell.Result statement = shell.run("statement", longName);
        assertFits(statement);
        assertThat(statement.out().lines().toList().get(1))
                .contains("top_up")
                .contains("0.000001")
                .endsWith("…");
        assertThat(shell.run("accounts", "show", longName).out())
                .contains("name ")
                .contains(longName);
    }

    private static void assertFits(Shell.Result result) {
        assertThat(result.exit()).as(result.err()).isZero();
        assertThat(result.out().lines())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line.codePointCount(0, line.length()))
                        .as(line)
                        .isLessThanOrEqualTo(80));
    }

    @Test
    void aBrokenLawIsListedAndEndsWithOne() throws Exception {
        shell.json("accounts", "create", "acme");
        shell.json("credits", "add", "acme", "5", "--reason", "r");
        assertThat(shell.run("audit", "verify").out()).matches("all \\d+ laws hold\n");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + Path.of(shell.data(), "carafe.db"));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("update fund set balance_micros = balance_micros + 1 where kind = 'prepaid'");
        }
        Shell.Result table = shell.run("audit", "verify");
        assertThat(table.exit()).isEqualTo(1);
        assertThat(table.out())
                .isEqualTo(
                        "broken: a balance equals the sum of its entries: fund 3 (prepaid) has 5000001, its entries come to 5000000\n");
        Shell.Result verdict = shell.run("audit", "verify", "--json");
        assertThat(verdict.exit()).isEqualTo(1);
        assertThat(Shell.JSON.readTree(verdict.out()).get("findings")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "accounts",
                "plans",
                "keys",
                "credits",
                "prices",
                "assistants",
                "channels",
                "webhooks",
                "usage",
                "statement",
                "audit"
            })
    void everyCommandHasHelp(String command) {
        Shell.Result help = Shell.carafe(command, "--help");
        assertThat(help.exit()).isZero();
        assertThat(help.out()).contains("Usage: carafe " + command).contains("--data=DIR");
        assertThat(Shell.carafe("--help").out()).contains("  " + command);
    }

    @Test
    void aProcessOfItsOwnPrintsJsonAndNothingElse() throws Exception {
        try (Carafe process = Carafe.start(home, "--data", shell.data(), "accounts", "create", "acme", "--json")) {
            JsonNode made = Shell.JSON.readTree(Objects.requireNonNull(process.line()));
            assertThat(made.get("name").textValue()).isEqualTo("acme");
            assertThat(process.line()).isNull();
            assertThat(process.exit()).isZero();
            assertThat(process.errors()).isEmpty();
        }
        assertThat(shell.json("accounts", "list")).hasSize(1);
    }
}
