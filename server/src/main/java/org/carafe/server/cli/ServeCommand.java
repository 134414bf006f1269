package org.carafe.server.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.carafe.server.config.ConfigFile;
import org.carafe.server.config.Environment;
import org.carafe.server.config.SettingException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code carafe serve}. */
@Command(
        name = "serve",
        description = "Serve a model over the OpenAI API.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class ServeCommand implements Callable<Integer> {
    @Mixin
    private final ServeOptions given = new ServeOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        ServeOptions options = withFile();
        options.ledger = options.ledger.within(spec);
        options.check();
        options.logLevel.apply();
        PrintStream stdout = System.out;
        // One line goes to stdout; whatever a library prints there goes where logs go.
        System.setOut(System.err);
        return new ServerProcess(options, Environment.current(), stdout).run();
    }

    /** The given options over those of {@code --config}: the file's are parsed first, so that flags overwrite them. */
    private ServeOptions withFile() {
        if (given.config == null) {
            return given;
        }
        List<String> arguments = new ArrayList<>(fileArguments(given.config));
        // The whole command line, the subcommand's name included.
        List<String> all = spec.commandLine().getParseResult().originalArgs();
        arguments.addAll(all.subList(all.indexOf(spec.name()) + 1, all.size()));
        return parse(arguments);
    }

    private static List<String> fileArguments(Path file) {
        List<String> arguments = ConfigFile.arguments(file);
        try {
            ServeOptions options = parse(arguments);
            if (options.config != null) {
                throw new SettingException("a configuration file cannot name another");
            }
            options.check();
            return arguments;
        } catch (ParameterException | SettingException e) {
            throw new SettingException(file + ": " + e.getMessage());
        }
    }

    private static ServeOptions parse(List<String> arguments) {
        ServeCommand command = new ServeCommand();
        new CommandLine(command)
                .setOverwrittenOptionsAllowed(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs(arguments.toArray(String[]::new));
        return command.given;
    }
}
