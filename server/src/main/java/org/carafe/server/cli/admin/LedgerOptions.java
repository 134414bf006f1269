package org.carafe.server.cli.admin;

import java.nio.file.Path;
import org.carafe.server.config.SettingException;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.secret.MasterKey;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Which ledger, and how answers look. Understood before and after a subcommand; the innermost one counts. */
@Command
public final class LedgerOptions {
    private static final Path DATA = Path.of("carafe-data");

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Directory of the ledger, carafe.db in it (default: ./carafe-data).")
    private @Nullable Path data;

    @Option(names = "--db", paramLabel = "URL", description = "A PostgreSQL ledger: jdbc:postgresql://HOST/DATABASE.")
    private @Nullable String db;

    @Option(
            names = "--master-key-file",
            paramLabel = "FILE",
            description =
                    "The master key, unless CARAFE_MASTER_KEY holds it (default: DIR/master.key, made when missing).")
    private @Nullable Path masterKeyFile;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** Those of a command and of the commands around it. */
    public static LedgerOptions of(CommandSpec spec) {
        LedgerOptions merged = new LedgerOptions();
        for (CommandSpec at = spec; at != null; at = at.parent()) {
            for (CommandSpec mixin : at.mixins().values()) {
                if (mixin.userObject() instanceof LedgerOptions options) {
                    merged = merged.or(options);
                }
            }
        }
        return merged;
    }

    /** These, and where they say nothing, the others. */
    LedgerOptions or(LedgerOptions others) {
        LedgerOptions merged = new LedgerOptions();
        merged.data = data == null ? others.data : data;
        merged.db = db == null ? others.db : db;
        merged.masterKeyFile = masterKeyFile == null ? others.masterKeyFile : masterKeyFile;
        merged.json = json || others.json;
        return merged;
    }

    /** Where the ledger is. */
    public DatabaseSettings database() {
        try {
            return new DatabaseSettings(directory(), db);
        } catch (IllegalArgumentException e) {
            throw new SettingException(String.valueOf(e.getMessage()));
        }
    }

    /** Of the environment, or of the file. */
    public MasterKey masterKey() {
        try {
            Path file = masterKeyFile == null ? directory().resolve("master.key") : masterKeyFile;
            return MasterKey.load(System.getenv("CARAFE_MASTER_KEY"), file);
        } catch (IllegalArgumentException e) {
            throw new SettingException(String.valueOf(e.getMessage()));
        }
    }

    private Path directory() {
        return data == null ? DATA : data;
    }

    boolean json() {
        return json;
    }
}
