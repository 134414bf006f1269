package org.carafe.server.cli.admin;

import java.time.Duration;
import org.carafe.server.cli.options.Values.ToDuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How long what is replaced works on. */
@Command
final class GraceOptions {
    @Option(
            names = "--grace",
            paramLabel = "TIME",
            defaultValue = "24h",
            converter = ToDuration.class,
            description = "How long the old key works on, at most 2160h (default: ${DEFAULT-VALUE}).")
    Duration grace = Duration.ZERO;
}
