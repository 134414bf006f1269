package org.carafe.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code audit verify} says after a server's clock was ahead. */
final class ShellClockTest {
    private static final String WARNING = "what account 'acme' used of its limits of a day is that of 2999-01-01";

    @TempDir
    private Path data;

    private Shell shell;

    @BeforeEach
    void anAccountOfAFarDay() throws Exception {
        shell = new Shell(data);
        shell.json("accounts", "create", "acme");
        shell.json("credits", "add", "acme", "5", "--reason", "r");
        change("update account_meter set day = 375835, month_from = 375835");
    }

    private void change(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + Path.of(shell.data(), "carafe.db"));
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).isPositive();
        }
    }

    @Test
    void isAWarningAndNoLawIsBroken() throws Exception {
        Shell.Result text = shell.run("audit", "verify");
        assertThat(text.exit()).isZero();
        assertThat(text.out()).matches("all \\d+ laws hold\nwarning: " + WARNING + "\n");
        JsonNode verdict = shell.json("audit", "verify");
        assertThat(verdict.path("ok").booleanValue()).isTrue();
        assertThat(verdict.path("findings")).isEmpty();
        assertThat(verdict.path("warnings")).hasSize(1);
        assertThat(verdict.at("/warnings/0").textValue()).isEqualTo(WARNING);
    }

    @Test
    void isToldBesideLawsThatAreBroken() throws Exception {
        change("update fund set balance_micros = balance_micros + 1 where kind = 'prepaid'");
        Shell.Result text = shell.run("audit", "verify");
        assertThat(text.exit()).isEqualTo(1);
        assertThat(text.out()).startsWith("broken: ").endsWith("\nwarning: " + WARNING + "\n");
    }

    @Test
    void isNotToldWhereAllIsOfToday() throws Exception {
        change("update account_meter set day = 0, month_from = 0");
        assertThat(shell.json("audit", "verify").path("warnings")).isEmpty();
    }
}
