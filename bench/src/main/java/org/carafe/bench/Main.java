package org.carafe.bench;

import java.util.Locale;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** Starts the bench's command line. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        Locale.setDefault(Locale.ROOT);
        System.setProperty("java.awt.headless", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        // Before other threads log, which would be told about on stderr.
        LoggerFactory.getILoggerFactory();
        CommandLine line = commandLine();
        line.setParameterExceptionHandler((e, given) -> {
            System.err.println("bench: " + e.getMessage() + " (see scripts/bench --help)");
            return 2;
        });
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            System.err.println("bench: " + (e.getMessage() == null ? e : e.getMessage()));
            return 2;
        });
        System.exit(line.execute(arguments));
    }

    /** All that it understands. */
    static CommandLine commandLine() {
        return new CommandLine(new BenchCommand()).setCaseInsensitiveEnumValuesAllowed(true);
    }
}
