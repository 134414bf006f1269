package org.carafe.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The shell's contract: what each command prints, and how it ends. */
final class ShellTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Of mistakes: nothing is ever made in it. */
    @TempDir
    private static Path untouched;

    @TempDir
    private Path home;

    private record Result(int exit, String out, String err) {}

    private Result run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = CarafeCommand.run(arguments, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
        return new Result(exit, out.toString(UTF_8), err.toString(UTF_8));
    }

    private String data() {
        return home.resolve("data").toString();
    }

    private Result shell(String... arguments) {
        return shellOn(data(), arguments);
    }

    private Result shellOn(String data, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--data", data));
        all.addAll(List.of(arguments));
        return run(all.toArray(String[]::new));
    }

    /** What a command that works prints: one line of JSON and nothing else. */
    private JsonNode json(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        Result result = shell(all.toArray(String[]::new));
        assertThat(result.exit()).as(result.err()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).endsWith("\n").doesNotContain("\r");
        assertThat(result.out().strip()).doesNotContain("\n");
        return JSON.readTree(result.out());
    }

    private String complaint(String... arguments) {
        return complaintOf(shell(arguments));
    }

    private static String complaintOf(Result result) {
        assertThat(result.exit()).as(result.out()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("carafe: ").endsWith("\n");
        assertThat(result.err().strip()).doesNotContain("\n");
        return result.err();
    }

    @Test
    void anAccountIsMadePaidAndShown() throws IOException {
        JsonNode made = json(
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

        JsonNode added = json("credits", "add", "acme", "12.25", "--reason", "invoice 7", "--idempotency-key", "k");
        assertThat(json("credits", "add", "acme", "12.25", "--reason", "invoice 7", "--idempotency-key", "k"))
                .isEqualTo(added);
        assertThat(complaint("credits", "add", "acme", "13", "--reason", "invoice 7", "--idempotency-key", "k"))
                .contains("'k' was used with other values");

        JsonNode shown = json("accounts", "show", "acme");
        assertThat(shown.get("balance").decimalValue()).isEqualByComparingTo("114.75");
        assertThat(shown.get("held").decimalValue()).isZero();
        assertThat(shown.get("spent").decimalValue()).isZero();
        assertThat(json("statement", "acme").get("entries")).hasSize(1);
        JsonNode adjusted = json("credits", "adjust", "acme", "-0.25", "--reason", "typing error");
        assertThat(adjusted.get("balance").decimalValue()).isEqualByComparingTo("114.5");
        JsonNode reversed = json("credits", "reverse", adjusted.get("id").textValue(), "--reason", "it was right");
        assertThat(reversed.get("balance").decimalValue()).isEqualByComparingTo("114.75");
    }

    @Test
    void aKeyIsMadeListedRotatedAndRevoked() throws IOException {
        json("accounts", "create", "acme");
        json(
                "assistants",
                "create",
                "support",
                "--model",
                "m",
                "--system-prompt",
                "Be kind.",
                "--sampling",
                "temperature=0.2");
        JsonNode made = json(
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

        JsonNode successor = json("keys", "rotate", id, "--grace", "2h");
        assertThat(json("keys", "show", id).get("replaced_by").textValue())
                .isEqualTo(successor.get("id").textValue());
        json("keys", "revoke", successor.get("id").textValue());
        JsonNode list = json("keys", "list", "--account", "acme");
        assertThat(list).extracting(key -> key.get("status").textValue()).containsExactly("rotated", "revoked");
        assertThat(list).allMatch(key -> key.get("key").isNull());

        assertThat(json("keys", "create", "--management", "--name", "ops")
                        .get("key")
                        .textValue())
                .startsWith("sk-admin-");
        assertThat(json("keys", "list", "--management")).hasSize(1);
        assertThat(complaint("keys", "create")).contains("either --account NAME or --management is needed");
        assertThat(complaint("keys", "create", "--account", "a", "--management"))
                .contains("either");
    }

    @Test
    void aChannelIsMadeShownDisabledAndRotated() throws IOException {
        json("accounts", "create", "acme");
        JsonNode made = json(
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
        assertThat(json("channels", "disable", id).get("enabled").booleanValue())
                .isFalse();
        assertThat(json("channels", "enable", id).get("enabled").booleanValue()).isTrue();
        assertThat(json("channels", "show", id)).isEqualTo(made);
        assertThat(json("channels", "rotate", id).get("key")).isNotEqualTo(made.get("key"));
        assertThat(json("channels", "list")).hasSize(1);
    }

    @Test
    void plansPricesAndReportsHaveTheirCommands() throws IOException {
        json("plans", "create", "gold", "--monthly-credits", "10", "--rpm", "7");
        assertThat(json("plans", "set", "gold", "--rpm", "none")
                        .get("limits")
                        .get("requests_per_minute")
                        .isNull())
                .isTrue();
        assertThat(json("plans", "show", "gold").get("monthly_credits").decimalValue())
                .isEqualByComparingTo("10");
        assertThat(json("plans", "list")).hasSize(1);
        json(
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
        assertThat(json("accounts", "update", "acme", "--plan", "none")
                        .get("plan")
                        .isNull())
                .isTrue();
        assertThat(json("accounts", "disable", "acme").get("disabled").booleanValue())
                .isTrue();
        assertThat(json("accounts", "enable", "acme").get("disabled").booleanValue())
                .isFalse();
        assertThat(json("accounts", "list")).hasSize(1);
        json("prices", "set", "m", "--prompt", "2", "--completion", "6.5");
        assertThat(json("prices", "set", "m", "--prompt", "2", "--completion", "6", "--cached-prompt", "0.5")
                        .get("version")
                        .intValue())
                .isEqualTo(2);
        assertThat(json("prices", "list")).hasSize(1);
        assertThat(json("prices", "list", "--model", "m")).hasSize(2);
        for (String by : List.of("day", "model", "key", "account")) {
            assertThat(json("usage", "--account", "acme", "--by", by, "--from", "2026-01-01", "--to", "2026-12-31"))
                    .isEmpty();
        }
        assertThat(json("audit", "log", "--limit", "3").get("entries")).hasSize(3);
        assertThat(json("audit", "verify").get("ok").booleanValue()).isTrue();
    }

    @Test
    void optionsAreUnderstoodBeforeAndAfterTheSubcommand() {
        assertThat(run("accounts", "create", "a", "--data", data(), "--json").exit())
                .isZero();
        assertThat(run("accounts", "--data", data(), "show", "a", "--json").out())
                .startsWith("{\"name\":\"a\"");
        assertThat(run("--data", data(), "--json", "accounts", "show", "a").out())
                .startsWith("{\"name\":\"a\"");
        assertThat(run("--data", home.resolve("other").toString(), "accounts", "list", "--data", data(), "--json")
                        .out())
                .startsWith("[{\"name\":\"a\"");
        assertThat(run("--data", data(), "usage", "--json").out()).isEqualTo("[]\n");
        assertThat(run("usage", "--data", data(), "--json").out()).isEqualTo("[]\n");
    }

    @Test
    void theLedgerAndItsMasterKeyAreMadeForTheirOwnerAlone() throws IOException {
        Path key = home.resolve("keys/master");
        assertThat(shell("accounts", "list", "--master-key-file", key.toString())
                        .out())
                .isEqualTo("none\n");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(data()))))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        assertThat(Path.of(data(), "carafe.db")).exists();
        assertThat(Path.of(data(), "master.key")).doesNotExist();
    }

    @Test
    void aBrokenLawIsListedAndEndsWithOne() throws Exception {
        json("accounts", "create", "acme");
        json("credits", "add", "acme", "5", "--reason", "r");
        assertThat(shell("audit", "verify").out()).matches("all \\d+ laws hold\n");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + Path.of(data(), "carafe.db"));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("update fund set balance_micros = balance_micros + 1 where kind = 'prepaid'");
        }
        Result table = shell("audit", "verify");
        assertThat(table.exit()).isEqualTo(1);
        assertThat(table.out())
                .isEqualTo(
                        "broken: a balance equals the sum of its entries: fund 3 (prepaid) has 5000001, its entries come to 5000000\n");
        Result verdict = shell("audit", "verify", "--json");
        assertThat(verdict.exit()).isEqualTo(1);
        assertThat(JSON.readTree(verdict.out()).get("findings")).hasSize(1);
    }

    @Test
    void tablesFitATerminal() throws IOException {
        String longName = "an account whose name is much longer than any column of any table ought to be, 漢字";
        json("accounts", "create", longName, "--monthly-credits", "999999999999.999999");
        json("credits", "add", longName, "0.000001", "--reason", "a reason that is too long for its column, by far");
        json("keys", "create", "--account", longName, "--name", longName);
        json(
                "channels",
                "create",
                longName,
                "--account",
                longName,
                "--model",
                "a/model-with-a-very-long-name-0.1-instruct");
        json(
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
            assertFits(shell(command.split(" ", -1)));
        }
        assertFits(shell("keys", "list", "--account", longName));
        Result statement = shell("statement", longName);
        assertFits(statement);
        assertThat(statement.out().lines().toList().get(1))
                .contains("top_up")
                .contains("0.000001")
                .endsWith("…");
        assertThat(shell("accounts", "show", longName).out()).contains("name ").contains(longName);
    }

    private static void assertFits(Result result) {
        assertThat(result.exit()).as(result.err()).isZero();
        assertThat(result.out().lines())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line.codePointCount(0, line.length()))
                        .as(line)
                        .isLessThanOrEqualTo(80));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    accounts show nobody                        | there is no account 'nobody'
                    accounts create a --plan none-such          | there is no plan 'none-such'
                    accounts create a --monthly-credits lots    | 'lots' is not an amount of credits such as 12.5
                    accounts create a --monthly-credits 1e3     | '1e3' is not an amount
                    accounts create a --daily-credits -1        | must be between 0 and
                    accounts create a --rpm 0                   | requests per minute must be between 1 and
                    accounts create a --rpm many                | 'many' is neither a whole number nor 'none'
                    accounts create a --error-style loud        | error-style
                    accounts                                    | Missing required subcommand
                    accounts creat a                            | creat
                    accounts list --limit 0                     | the number of rows must be between 1 and 1000, not 0
                    credits add nobody 1 --reason r             | there is no account 'nobody'
                    credits add nobody 1                        | Missing required option: '--reason=TEXT'
                    credits add nobody 0.0000001 --reason r     | at most 6 decimals
                    credits reverse 12x --reason r              | a transaction's id is a number, not '12x'
                    keys show key_0                             | there is no key 'key_0'
                    keys create --account nobody                | there is no account 'nobody'
                    keys create --account a --expires soon      | 'soon' is no instant such as 2027-01-01T00:00:00Z
                    keys rotate key_0 --grace 24                | '24' is no duration
                    channels show ../../etc/passwd              | there is no channel '../../etc/passwd'
                    channels create c --account a               | Missing required option: '--model=M'
                    assistants create a                         | Missing required option: '--model=M'
                    prices set m --prompt 1                     | Missing required option: '--completion=Y'
                    usage --by year                             | --by
                    usage --from 2026-02-30                     | --from
                    usage --from 2026-02-02 --to 2026-02-01     | is after the last
                    accounts list --db jdbc:mysql://x           | --db must begin with jdbc:postgresql://
                    """)
    void aMistakeIsOneLineThatNamesIt(String command, String message) {
        Result result = shellOn(untouched.toString(), command.split(" +", -1));
        assertThat(complaintOf(result)).contains(message);
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
                "usage",
                "statement",
                "audit"
            })
    void everyCommandHasHelp(String command) {
        Result help = run(command, "--help");
        assertThat(help.exit()).isZero();
        assertThat(help.out()).contains("Usage: carafe " + command).contains("--data=DIR");
        assertThat(run("--help").out()).contains("  " + command);
    }

    @Test
    void anotherMasterKeyIsRefusedBeforeItMakesKeysThatNoServerKnows() throws IOException {
        json("accounts", "create", "acme");
        assertThat(complaint(
                        "keys",
                        "create",
                        "--account",
                        "acme",
                        "--master-key-file",
                        home.resolve("other").toString()))
                .contains("master key");
    }

    @Test
    void aProcessOfItsOwnPrintsJsonAndNothingElse() throws Exception {
        try (Carafe process = Carafe.start(home, "--data", data(), "accounts", "create", "acme", "--json")) {
            JsonNode made = JSON.readTree(Objects.requireNonNull(process.line()));
            assertThat(made.get("name").textValue()).isEqualTo("acme");
            assertThat(process.line()).isNull();
            assertThat(process.exit()).isZero();
            assertThat(process.errors()).isEmpty();
        }
        assertThat(json("accounts", "list")).hasSize(1);
    }
}
