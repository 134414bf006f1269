package org.carafe.server.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.carafe.models.CheckpointException;
import org.carafe.server.admin.ActException;
import org.carafe.server.cli.admin.AdminCommands;
import org.carafe.server.cli.options.LedgerOptions;
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
        return run(arguments, System.out, System.err);
    }

    /** The same, with its output elsewhere. */
    static int run(String[] arguments, PrintStream out, PrintStream err) {
        Locale.setDefault(Locale.ROOT);
        PrintWriter errors = new PrintWriter(err, true, StandardCharsets.UTF_8);
        CommandLine line = commandLine(new HashSet<>(List.of(arguments)))
                .setErr(errors)
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
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
        return commandLine(Set.of());
    }

    /**
     * The subcommands that are named among the arguments; all where none is. A model of all takes as long to make as everything else that a
     * short command does.
     */
    private static CommandLine commandLine(Set<String> named) {
        Map<String, Supplier<?>> all = subcommands();
        CommandLine line = new CommandLine(new CarafeCommand());
        boolean some = !Collections.disjoint(all.keySet(), named);
        all.forEach((name, command) -> {
            if (!some || named.contains(name)) {
                line.addSubcommand(command.get());
            }
        });
        return line.setOverwrittenOptionsAllowed(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setAbbreviatedOptionsAllowed(false);
    }

    private static Map<String, Supplier<?>> subcommands() {
        Map<String, Supplier<?>> commands = new LinkedHashMap<>();
        commands.put("serve", ServeCommand::new);
        commands.putAll(AdminCommands.all());
        commands.put("render", RenderCommand::new);
        commands.put("self-test", SelfTestCommand::new);
        commands.put("version", VersionCommand::new);
        return commands;
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
