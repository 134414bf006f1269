package org.carafe.server.cli.options;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.carafe.server.config.SettingException;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.secret.MasterKey;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Which ledger. Understood before and after a subcommand; the innermost one counts. */
@Command
public class DataOptions {
    private static final Path DATA = Path.of("carafe-data");

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Directory of the ledger, carafe.db in it (default: ./carafe-data).")
    @Nullable
    Path data;

    @Option(names = "--db", paramLabel = "URL", description = "A PostgreSQL ledger: jdbc:postgresql://HOST/DATABASE.")
    @Nullable
    String db;

    @Option(
            names = "--master-key-file",
            paramLabel = "FILE",
            description =
                    "The master key, unless CARAFE_MASTER_KEY holds it (default: DIR/master.key, made when missing).")
    @Nullable
    Path masterKeyFile;

    /** A command's own, and where they say nothing, those of the commands around it. */
    public DataOptions within(CommandSpec spec) {
        DataOptions merged = new DataOptions();
        merged.fill(this);
        around(spec).forEach(merged::fill);
        return merged;
    }

    /** Those of a command and of the commands around it, innermost first. */
    static List<DataOptions> around(CommandSpec spec) {
        List<DataOptions> found = new ArrayList<>();
        for (CommandSpec at = spec; at != null; at = at.parent()) {
            for (CommandSpec mixin : at.mixins().values()) {
                if (mixin.userObject() instanceof DataOptions options) {
                    found.add(options);
                }
            }
        }
        return found;
    }

    /** Takes from others what these do not say. */
    void fill(DataOptions others) {
        data = data == null ? others.data : data;
        db = db == null ? others.db : db;
        masterKeyFile = masterKeyFile == null ? others.masterKeyFile : masterKeyFile;
    }

    /** The same ledger in another directory. */
    public static DataOptions in(Path directory) {
        DataOptions options = new DataOptions();
        options.data = directory;
        return options;
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

    /** Of this server's own files. */
    public Path directory() {
        return data == null ? DATA : data;
    }
}
