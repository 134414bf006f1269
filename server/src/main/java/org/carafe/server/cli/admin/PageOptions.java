package org.carafe.server.cli.admin;

import picocli.CommandLine.Option;

/** How much of a list. */
class PageOptions {
    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Rows at most, up to 1000 (default: ${DEFAULT-VALUE}).")
    int limit;

    /** The same of a list by name. */
    static final class ByName extends PageOptions {
        @Option(names = "--after", paramLabel = "NAME", defaultValue = "", description = "Go on after this one.")
        String after = "";
    }
}
