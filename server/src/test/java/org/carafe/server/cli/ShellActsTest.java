package org.carafe.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands that change something do, and what they print of it. */
final class ShellActsTest {
    private Shell shell;

    @BeforeEach
    void inADirectoryOfItsOwn(@TempDir Path home) {
        shell = new Shell(home.resolve("data"));
    }

    @Test
    void anAccountIsMadePaidAndShown() throws IOException {
        JsonNode made = shell.json(
                "accounts",
                "create",
                "acme",
                "--error-style",
                "flat",
                "--monthly-credits",
                "100",
                "--daily-credits",
                "2.5");
        assertThat(made.get("name").textValue()).isEqualTo("acme");
        assertThat(made.get("error_style").textValue()).isEqualTo("flat");

        JsonNode added =
                shell.json("credits", "add", "acme", "12.25", "--reason", "invoice 7", "--idempotency-key", "k");
        assertThat(shell.json("credits", "add", "acme", "12.25", "--reason", "invoice 7", "--idempotency-key", "k"))
                .isEqualTo(added);
        assertThat(shell.complaint("credits", "add", "acme", "13", "--reason", "invoice 7", "--idempotency-key", "k"))
                .contains("'k' was used with other values");

        JsonNode shown = shell.json("accounts", "show", "acme");
        assertThat(shown.get("balance").decimalValue()).isEqualByComparingTo("114.75");
        assertThat(shown.get("held").decimalValue()).isZero();
        assertThat(shown.get("spent").decimalValue()).isZero();
        assertThat(shell.json("statement", "acme").get("entries")).hasSize(1);
        JsonNode adjusted = shell.json("credits", "adjust", "acme", "-0.25", "--reason", "typing error");
        assertThat(adjusted.get("balance").decimalValue()).isEqualByComparingTo("114.5");
        JsonNode reversed =
                shell.json("credits", "reverse", adjusted.get("id").textValue(), "--reason", "it was right");
        assertThat(reversed.get("balance").decimalValue()).isEqualByComparingTo("114.75");
    }

    @Test
    void aKeyIsMadeListedRotatedAndRevoked() throws IOException {
        shell.json("accounts", "create", "acme");
        shell.json(
                "assistants",
                "create",
                "support",
                "--model",
                "m",
                "--system-prompt",
                "Be kind.",
                "--sampling",
                "temperature=0.2");
        JsonNode made = shell.json(
                "keys",
                "create",
                "--account",
                "acme",
                "--name",
                "web",
                "--models",
                "m,n/o",
                "--rpm",
                "10",
                "--tpm",
                "1000",
                "--budget",
                "1.5",
                "--expires",
                "2999-01-01T00:00:00Z",
                "--assistant",
                "support");
        String id = made.get("id").textValue();
        assertThat(made.get("key").textValue()).matches("sk-[0-9A-Za-z]{43}");
        assertThat(made.get("models")).extracting(JsonNode::textValue).containsExactly("m", "n/o");
        assertThat(made.get("limits").get("requests_per_minute").longValue()).isEqualTo(10);
        assertThat(made.get("budget").decimalValue()).isEqualByComparingTo("1.5");

        JsonNode successor = shell.json("keys", "rotate", id, "--grace", "2h");
        assertThat(shell.json("keys", "show", id).get("replaced_by").textValue())
                .isEqualTo(successor.get("id").textValue());
        shell.json("keys", "revoke", successor.get("id").textValue());
        JsonNode list = shell.json("keys", "list", "--account", "acme");
        assertThat(list).extracting(key -> key.get("status").textValue()).containsExactly("rotated", "revoked");
        assertThat(list).allMatch(key -> key.get("key").isNull());

        assertThat(shell.json("keys", "create", "--management", "--name", "ops")
                        .get("key")
                        .textValue())
                .startsWith("sk-admin-");
        assertThat(shell.json("keys", "list", "--management")).hasSize(1);
        assertThat(shell.complaint("keys", "create")).contains("either --account NAME or --management is needed");
        assertThat(shell.complaint("keys", "create", "--account", "a", "--management"))
                .contains("either");
    }

    @Test
    void aChannelIsMadeShownDisabledAndRotated() throws IOException {
        shell.json("accounts", "create", "acme");
        JsonNode made = shell.json(
                "channels",
                "create",
                "site",
                "--account",
                "acme",
                "--model",
                "m",
                "--system-prompt",
                "Be kind.",
                "--origins",
                "https://a.example,https://b.example",
                "--rpm",
                "5",
                "--daily-quota",
                "50");
        String id = made.get("id").textValue();
        assertThat(made.get("key").textValue()).startsWith("sk-ch-");
        assertThat(shell.json("channels", "disable", id).get("enabled").booleanValue())
                .isFalse();
        assertThat(shell.json("channels", "enable", id).get("enabled").booleanValue())
                .isTrue();
        assertThat(shell.json("channels", "show", id)).isEqualTo(made);
        assertThat(shell.json("channels", "rotate", id).get("key")).isNotEqualTo(made.get("key"));
        assertThat(shell.json("channels", "list")).hasSize(1);
    }

    @Test
    void plansPricesAndReportsHaveTheirCommands() throws IOException {
        shell.json("plans", "create", "gold", "--monthly-credits", "10", "--rpm", "7");
        assertThat(shell.json("plans", "set", "gold", "--rpm", "none")
                        .get("limits")
                        .get("requests_per_minute")
                        .isNull())
                .isTrue();
        assertThat(shell.json("plans", "show", "gold").get("monthly_credits").decimalValue())
                .isEqualByComparingTo("10");
        assertThat(shell.json("plans", "list")).hasSize(1);
        shell.json(
                "accounts",
                "create",
                "acme",
                "--plan",
                "gold",
                "--overdraft",
                "1",
                "--low-balance",
                "2",
                "--metadata",
                "a=b");
        assertThat(shell.json("accounts", "update", "acme", "--plan", "none")
                        .get("plan")
                        .isNull())
                .isTrue();
        assertThat(shell.json("accounts", "disable", "acme").get("disabled").booleanValue())
                .isTrue();
        assertThat(shell.json("accounts", "enable", "acme").get("disabled").booleanValue())
                .isFalse();
        assertThat(shell.json("accounts", "list")).hasSize(1);
        shell.json("prices", "set", "m", "--prompt", "2", "--completion", "6.5");
        assertThat(shell.json("prices", "set", "m", "--prompt", "2", "--completion", "6", "--cached-prompt", "0.5")
                        .get("version")
                        .intValue())
                .isEqualTo(2);
        assertThat(shell.json("prices", "list")).hasSize(1);
        assertThat(shell.json("prices", "list", "--model", "m")).hasSize(2);
        for (String by : List.of("day", "model", "key", "account")) {
            assertThat(shell.json(
                            "usage", "--account", "acme", "--by", by, "--from", "2026-01-01", "--to", "2026-12-31"))
                    .isEmpty();
        }
        assertThat(shell.json("audit", "log", "--limit", "3").get("entries")).hasSize(3);
        assertThat(shell.json("audit", "verify").get("ok").booleanValue()).isTrue();
    }
}
