package org.carafe.server.cli.admin;

import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.admin.AdminJson;
import org.carafe.server.config.SettingException;
import org.carafe.server.ledger.RowIds;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.store.MasterKeyCheck;
import org.carafe.server.secret.MasterKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A subcommand with subcommands: its methods. */
@Command(mixinStandardHelpOptions = true, usageHelpAutoWidth = true, synopsisSubcommandLabel = "COMMAND")
abstract class Group {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Looked up in the command line's model, with those of the commands around it. */
    @Mixin
    @SuppressWarnings("UnusedVariable")
    private final LedgerOptions options = new LedgerOptions();

    /** How much of a list. */
    static final class PageOptions {
        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "1000",
                description = "Rows at most, up to 1000 (default: ${DEFAULT-VALUE}).")
        int limit;
    }

    /** Does something with the ledger, which is made where there is none. */
    <T> T with(LedgerOptions given, BiFunction<Database, AdminActs, T> work) {
        LedgerOptions all = given.or(LedgerOptions.of(spec));
        try (Database database = Database.open(all.database())) {
            MasterKey masterKey = all.masterKey();
            MasterKeyCheck.verify(database, masterKey);
            AdminActs acts = AdminActs.of(database, new RowIds(database), masterKey, InstantSource.system(), () -> {});
            return work.apply(database, acts);
        } catch (IllegalArgumentException e) {
            throw new SettingException(String.valueOf(e.getMessage()));
        }
    }

    /** Does an act and prints what it answers: a fact a line, or JSON. */
    int one(LedgerOptions given, Function<AdminActs, Object> act) {
        return print(given, with(given, (database, acts) -> act.apply(acts)), Facts::text);
    }

    /**
     * Prints a list: a table, or JSON.
     *
     * @param columns as {@link Table} has them
     */
    int list(LedgerOptions given, Function<AdminActs, List<?>> act, String... columns) {
        List<?> rows = with(given, (database, acts) -> act.apply(acts));
        return print(given, rows, list -> Table.text(AdminJson.tree(list), columns));
    }

    /** Prints an answer as JSON where that was asked for. */
    <T> int print(LedgerOptions given, T answer, Function<T, String> text) {
        PrintWriter out = spec.commandLine().getOut();
        boolean json = given.or(LedgerOptions.of(spec)).json();
        out.print(json ? AdminJson.text(answer) + "\n" : text.apply(answer));
        out.flush();
        return 0;
    }

    /** What picocli cannot see: options that do not go together. */
    ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
