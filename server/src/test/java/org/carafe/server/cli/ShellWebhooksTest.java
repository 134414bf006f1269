package org.carafe.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code carafe webhooks}. */
final class ShellWebhooksTest {
    private static final String URL = "https://example.com/hook";

    private Shell shell;

    @BeforeEach
    void inADirectoryOfItsOwn(@TempDir Path home) {
        shell = new Shell(home.resolve("data"));
    }

    @Test
    void aWebhookIsMadeShownListedAndDeleted() throws IOException {
        shell.json("accounts", "create", "acme");
        JsonNode made =
                shell.json("webhooks", "create", URL, "--account", "acme", "--events", "key_expiring,low_balance");
        String id = made.path("id").textValue();
        assertThat(id).matches("wh_[0-9a-f]{16}");
        assertThat(made.path("secret").textValue()).startsWith("whsec_");
        assertThat(made.path("events").toString()).isEqualTo("[\"low_balance\",\"key_expiring\"]");

        JsonNode shown = shell.json("webhooks", "show", id);
        assertThat(shown.path("secret").isNull()).isTrue();
        assertThat(shown.path("account").textValue()).isEqualTo("acme");
        String other = shell.json("webhooks", "create", URL).path("id").textValue();
        assertThat(shell.json("webhooks", "list").findValuesAsText("id")).containsExactly(id, other);
        assertThat(shell.json("webhooks", "list", "--after", id).findValuesAsText("id"))
                .containsExactly(other);
        assertThat(shell.json("webhooks", "list", "--limit", "1").findValuesAsText("id"))
                .containsExactly(id);

        assertThat(shell.json("webhooks", "delete", id)).isEqualTo(shown);
        assertThat(shell.json("webhooks", "list").findValuesAsText("id")).containsExactly(other);
        assertThat(shell.complaint("webhooks", "show", id)).contains(id);
        assertThat(shell.json("audit", "log").findValuesAsText("act"))
                .containsExactly("webhooks.delete", "webhooks.create", "webhooks.create", "accounts.create");
        assertThat(shell.json("audit", "log").findValuesAsText("actor")).containsOnly("shell");
    }

    @Test
    void itsSecretStandsInNothingThatIsPrintedLater() throws IOException {
        String secret = shell.json("webhooks", "create", URL).path("secret").textValue();
        for (List<String> command : List.of(List.of("webhooks", "list"), List.of("audit", "log"))) {
            assertThat(shell.run(command.toArray(String[]::new)).out())
                    .contains("wh_")
                    .doesNotContain(secret);
            assertThat(shell.json(command.toArray(String[]::new)).toString()).doesNotContain(secret);
        }
    }

    @Test
    void itTellsHowDeliveriesStand() throws IOException {
        String id = shell.json("webhooks", "create", URL).path("id").textValue();
        assertThat(shell.run("webhooks", "deliveries", id).out()).isEqualTo("none\n");
        try (Database database = Database.open(DatabaseSettings.sqlite(Path.of(shell.data())))) {
            database.write(
                    handle -> handle.execute(
                            "insert into webhook_delivery (webhook_id, event_id, event, payload, attempts, next_at, last_error, created_at)"
                                    + " select id, 'evt_1', 'low_balance', '{}', 3, 1800000000000, 'it answered with the status 500, which is none of 200 to 299', 1700000000000 from webhook"));
        }
        JsonNode deliveries = shell.json("webhooks", "deliveries", id);
        assertThat(deliveries).hasSize(1);
        assertThat(deliveries.get(0).path("attempts").intValue()).isEqualTo(3);
        assertThat(deliveries.get(0).path("event_id").textValue()).isEqualTo("evt_1");
        String table = shell.run("webhooks", "deliveries", id).out();
        assertThat(table).contains("DELIVERED", "NEXT", "low_balance", "2027-01-15 08:00:00Z", "it answer");
        assertThat(table.lines()).hasSize(2).allMatch(line -> line.length() <= 80);
    }

    @Test
    void aListIsATable() throws IOException {
        String id = shell.json("webhooks", "create", URL).path("id").textValue();
        List<String> lines = shell.run("webhooks", "list").out().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).startsWith("ID").contains("URL", "ACCOUNT", "EVENTS");
        assertThat(lines.get(1)).startsWith(id).contains("https://example.com", "low_balance");
        assertThat(lines).allMatch(line -> line.length() <= 80);
    }

    @Test
    void mistakesAreToldInOneLine() {
        assertThat(shell.complaint("webhooks", "create", "ftp://example.com")).contains("https://example.com/hook");
        assertThat(shell.complaint("webhooks", "create", URL, "--events", "rain"))
                .contains("rain", "low_balance");
        assertThat(shell.complaint("webhooks", "create", URL, "--account", "nobody"))
                .contains("nobody");
        assertThat(shell.complaint("webhooks", "delete", "wh_0123456789abcdef")).contains("wh_0123456789abcdef");
        assertThat(Shell.carafe("webhooks", "--help").out())
                .contains("create", "show", "delete", "deliveries", "list", "--data=DIR");
    }
}
