package org.carafe.server.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.admin.NewChannel;
import org.carafe.server.cli.Carafe;
import org.carafe.server.ledger.LedgerAudit;
import org.carafe.server.ledger.RowIds;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.secret.MasterKey;

/** Acts on a ledger beside its servers, whether they run or not, as the shell does them. */
final class Administrator {
    /** No limit of a minute, of as many as a test can ask. */
    static final Limits UNLIMITED = new Limits(1_000_000L, 1_000_000_000L, null, null, null);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path home;
    private final DatabaseSettings ledger;

    /** @param home of processes that it starts */
    Administrator(Path home, DatabaseSettings ledger) {
        this.home = home;
        this.ledger = ledger;
    }

    private <T> T with(Function<AdminActs, T> work) {
        MasterKey masterKey =
                MasterKey.load(System.getenv("CARAFE_MASTER_KEY"), ledger.data().resolve("master.key"));
        try (Database database = Database.open(ledger)) {
            return work.apply(
                    AdminActs.of(database, new RowIds(database), masterKey, InstantSource.system(), () -> {}));
        }
    }

    /** An account with prepaid micro-credits. */
    void account(String name, long micros) {
        with(acts -> {
            acts.accounts().create(AdminActs.SHELL, name, AccountSettings.DEFAULTS);
            return acts.credits().add(AdminActs.SHELL, name, micros, "for a test", null);
        });
    }

    /** The text of a new key. */
    String key(String account, Limits limits) {
        KeySettings named = KeySettings.named("test");
        KeySettings settings =
                new KeySettings(named.name(), named.scope(), limits, null, null, named.expiresAt(), named.metadata());
        String key = with(acts -> acts.keys().create(AdminActs.SHELL, account, settings, null))
                .key();
        if (key == null) {
            throw new AssertionError("a new key is shown");
        }
        return key;
    }

    /** The text of a new channel's key. */
    String channel(String account, String name) {
        NewChannel channel = new NewChannel(name, account, "carafe-demo", null, null, 1_000_000L, null);
        String key =
                with(acts -> acts.channels().create(AdminActs.SHELL, channel)).key();
        if (key == null) {
            throw new AssertionError("a new key is shown");
        }
        return key;
    }

    /** Micro-credits of a prompt token and of a generated one. */
    void price(long promptMicros, long completionMicros) {
        with(acts -> acts.prices()
                .set(AdminActs.SHELL, "carafe-demo", promptMicros * 1_000_000, null, completionMicros * 1_000_000));
    }

    /** Laws that are broken. */
    List<?> audit() {
        try (Database database = Database.open(ledger)) {
            return LedgerAudit.verify(database);
        }
    }

    /** What a command of the shell prints. */
    JsonNode shell(String... command) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("--data", ledger.data().toString()));
        if (ledger.url() != null) {
            arguments.addAll(List.of("--db", ledger.url()));
        }
        arguments.addAll(List.of(command));
        arguments.add("--json");
        try (Carafe carafe = Carafe.start(home, arguments.toArray(String[]::new))) {
            StringBuilder printed = new StringBuilder();
            for (String line = carafe.line(); line != null; line = carafe.line()) {
                printed.append(line).append('\n');
            }
            int exit = carafe.exit();
            if (exit != 0) {
                throw new IOException(
                        String.join(" ", command) + " ended with " + exit + ": " + printed + carafe.errors());
            }
            return JSON.readTree(printed.toString());
        }
    }
}
