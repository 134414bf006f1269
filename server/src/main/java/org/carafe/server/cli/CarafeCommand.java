package org.carafe.server.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.carafe.models.CheckpointException;
import org.carafe.server.admin.ActException;
import org.carafe.server.cli.admin.AccountsCommand;
import org.carafe.server.cli.admin.AssistantsCommand;
import org.carafe.server.cli.admin.AuditCommand;
import org.carafe.server.cli.admin.ChannelsCommand;
import org.carafe.server.cli.admin.CreditsCommand;
import org.carafe.server.cli.admin.KeysCommand;
import org.carafe.server.cli.admin.LedgerOptions;
import org.carafe.server.cli.admin.PlansCommand;
import org.carafe.server.cli.admin.PricesCommand;
import org.carafe.server.cli.admin.StatementCommand;
import org.carafe.server.cli.admin.UsageCommand;
import org.carafe.server.config.SettingException;
import org.carafe.server.ledger.db.LedgerUnavailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/** {@code carafe}: the subcommands, and the one place where an error becomes a line and an exit code. */
@Command(
        name = "carafe",
        description = "A self-hosted LLM server: Llama, Mixtral and Gemma checkpoints over the OpenAI API.",
        subcommands = {
            ServeCommand.class,
            AccountsCommand.class,
            PlansCommand.class,
            KeysCommand.class,
            CreditsCommand.class,
            PricesCommand.class,
            AssistantsCommand.class,
            ChannelsCommand.class,
            UsageCommand.class,
            StatementCommand.class,
            AuditCommand.class,
            RenderCommand.class,
            SelfTestCommand.class,
            VersionCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        synopsisSubcommandLabel = "COMMAND",
        usageHelpAutoWidth = true)
public final class CarafeCommand {
    /** Done. */
    static final int EXIT_OK = 0;
    /** An error of ours; the log has the details. */
    static final int EXIT_INTERNAL = 1;
    /** Input that the user can mend; one line says what. */
    static final int EXIT_USER = 2;

    private static final Logger LOG = LoggerFactory.getLogger(CarafeCommand.class);

    /** Commands below look it up in the command line's model. */
    @Mixin
    @SuppressWarnings("UnusedVariable")
    private final LedgerOptions ledger = new LedgerOptions();

    CarafeCommand() {}

    /** Runs a command line to its end. */
    public static int run(String[] arguments) {
        Locale.setDefault(Locale.ROOT);
        PrintWriter errors = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        CommandLine line =
                commandLine().setErr(errors).setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        line.setParameterExceptionHandler((e, given) -> usageError(e, errors));
        line.setExecutionExceptionHandler((e, command, parsed) -> failure(e, errors));
        if (arguments.length == 0) {
            line.usage(errors, Ansi.AUTO);
            return EXIT_USER;
        }
        return line.execute(arguments);
    }

    /** All that it understands; parses, and runs nothing until told. */
    public static CommandLine commandLine() {
        return new CommandLine(new CarafeCommand())
                .setOverwrittenOptionsAllowed(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setAbbreviatedOptionsAllowed(false);
    }

    private static int usageError(ParameterException e, PrintWriter errors) {
        errors.println("carafe: " + oneLine(e.getMessage()) + " (see "
                + e.getCommandLine().getCommandSpec().qualifiedName() + " --help)");
        return EXIT_USER;
    }

    private static int failure(Exception e, PrintWriter errors) {
        if (e instanceof UserException
                || e instanceof SettingException
                || e instanceof CheckpointException
                || e instanceof ActException
                || e instanceof LedgerUnavailableException) {
            errors.println("carafe: " + oneLine(e.getMessage()));
            return EXIT_USER;
        }
        LOG.error("unexpected error", e);
        return EXIT_INTERNAL;
    }

    private static String oneLine(@Nullable String message) {
        return message == null ? "unknown error" : message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
