package org.carafe.server.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.admin.AccountView;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.cli.options.DataOptions;
import org.carafe.server.cli.options.OpenLedger;
import org.carafe.server.config.Environment;
import org.carafe.server.ledger.Credits;
import org.carafe.server.ledger.LedgerAudit;
import org.carafe.server.loading.RunnerChoice;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code carafe self-test}: the whole way of a request on this machine, in a second or two. The build also runs it to record which
 * classes a start needs, so that later starts find them loaded and linked.
 */
@Command(
        name = "self-test",
        description = "Serve the bundled demo on a free port, ask it a few questions over HTTP, and stop.",
        mixinStandardHelpOptions = true)
final class SelfTestCommand implements Callable<Integer> {
    private static final String ACCOUNT = "self-test";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Option(
            names = "--runner",
            paramLabel = "RUNNER",
            defaultValue = "auto",
            description = "What runs it: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private RunnerChoice runner = RunnerChoice.auto;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintStream stdout = System.out;
        System.setOut(System.err);
        Path data = Files.createTempDirectory("carafe-self-test");
        try {
            DataOptions ledger = DataOptions.in(data);
            String key = key(ledger);
            ServeOptions options = ServeOptions.demo(runner, data);
            PrintStream quiet = new PrintStream(OutputStream.nullOutputStream());
            new ServerProcess(options, Environment.current(), quiet).run(base -> ask(base, key));
            checkBooks(ledger);
            stdout.println("self-test: ok");
        } finally {
            try (Stream<Path> files = Files.walk(data)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        return CarafeCommand.EXIT_OK;
    }

    /** A key with credits, as an administrator makes one. */
    private static String key(DataOptions options) {
        try (OpenLedger ledger = OpenLedger.of(options)) {
            AdminActs acts = ledger.acts();
            acts.accounts().create(AdminActs.SHELL, ACCOUNT, AccountSettings.DEFAULTS);
            acts.credits().add(AdminActs.SHELL, ACCOUNT, Credits.MICROS, "self-test", null);
            acts.prices().set(AdminActs.SHELL, "carafe-demo", Credits.MICROS, null, Credits.MICROS);
            return Objects.requireNonNull(acts.keys()
                    .create(AdminActs.SHELL, ACCOUNT, KeySettings.named(ACCOUNT), null)
                    .key());
        }
    }

    private static void checkBooks(DataOptions options) {
        try (OpenLedger ledger = OpenLedger.of(options)) {
            AccountView account = ledger.acts().accounts().show(ACCOUNT);
            if (account.spent().signum() <= 0
                    || account.held().signum() != 0
                    || !LedgerAudit.verify(ledger.database()).isEmpty()) {
                throw new UserException("self-test: the ledger has " + account.spent() + " credits spent, "
                        + account.held() + " held, or its laws do not hold");
            }
        }
    }

    private static void ask(URI base, String key) throws IOException, InterruptedException {
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            String messages =
                    "{\"model\":\"carafe-demo\",\"messages\":[{\"role\":\"user\",\"content\":\"Say hello.\"}],\"max_tokens\":8,\"stream\":%s}";
            String whole = answer(client, key, base.resolve("chat/completions"), messages.formatted("false"));
            String streamed = answer(client, key, base.resolve("chat/completions"), messages.formatted("true"));
            if (!whole.contains("\"usage\"") || !streamed.endsWith("data: [DONE]\n\n")) {
                throw new UserException("self-test: the answers are not what they should be: " + whole + streamed);
            }
            answer(
                    client,
                    key,
                    base.resolve("completions"),
                    "{\"model\":\"carafe-demo\",\"prompt\":\"Once\",\"max_tokens\":8}");
        }
    }

    private static String answer(HttpClient client, String key, URI uri, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + key)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new UserException(
                    "self-test: " + uri + " answered " + response.statusCode() + ": " + response.body());
        }
        return response.body();
    }
}
