package org.carafe.server.cli.admin;

import java.io.PrintWriter;
import java.util.List;
import java.util.function.Function;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.admin.AdminJson;
import org.carafe.server.cli.options.LedgerOptions;
import org.carafe.server.cli.options.OpenLedger;
import org.carafe.server.config.SettingException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** A command, itself or by its methods: opens the ledger, does an act, prints what it answers. */
@Command(mixinStandardHelpOptions = true, usageHelpAutoWidth = true, synopsisSubcommandLabel = "COMMAND")
abstract class LedgerCommand {
    private static final String LEDGER = "ledger";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Looked up in the command line's model, with those of the commands around it. */
    @Mixin(name = LEDGER)
    @SuppressWarnings("UnusedVariable")
    private final LedgerOptions options = new LedgerOptions();

    /** Its part of the command line: its methods have the ledger's options, too. */
    final CommandLine commandLine() {
        CommandLine line = new CommandLine(this);
        for (CommandLine method : line.getSubcommands().values()) {
            method.getCommandSpec().addMixin(LEDGER, CommandSpec.forAnnotatedObject(new LedgerOptions()));
        }
        return line;
    }

    private LedgerOptions options() {
        ParseResult parsed = spec.commandLine().getParseResult();
        return LedgerOptions.of((parsed.hasSubcommand() ? parsed.subcommand() : parsed).commandSpec());
    }

    /** Works on the ledger, which is made where there is none. */
    <T> T with(Function<OpenLedger, T> work) {
        try (OpenLedger ledger = OpenLedger.of(options())) {
            return work.apply(ledger);
        } catch (IllegalArgumentException e) {
            throw new SettingException(String.valueOf(e.getMessage()));
        }
    }

    /** Does an act and prints what it answers: a fact a line, or JSON. */
    int one(Function<AdminActs, Object> act) {
        return print(with(ledger -> act.apply(ledger.acts())), Facts::text);
    }

    /**
     * Prints a list: a table, or JSON.
     *
     * @param columns as {@link Table} has them
     */
    int list(Function<AdminActs, List<?>> act, String... columns) {
        List<?> rows = with(ledger -> act.apply(ledger.acts()));
        return print(rows, list -> Table.text(AdminJson.tree(list), columns));
    }

    /** Prints an answer as JSON where that was asked for. */
    <T> int print(T answer, Function<T, String> text) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(options().json() ? AdminJson.text(answer) + "\n" : text.apply(answer));
        out.flush();
        return 0;
    }

    /** What picocli cannot see: options that do not go together. */
    ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
