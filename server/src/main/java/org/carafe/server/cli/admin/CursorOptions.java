package org.carafe.server.cli.admin;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A page of a list that grows at its top. */
@Command
final class CursorOptions {
    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "Rows at most, up to 1000 (default: ${DEFAULT-VALUE}).")
    int limit;

    @Option(names = "--cursor", paramLabel = "C", description = "The next_cursor of the page before.")
    @Nullable
    String cursor;
}
