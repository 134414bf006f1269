package org.carafe.server.cli.options;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Which ledger, and how answers look. Understood before and after a subcommand; the innermost one counts. */
@Command
public final class LedgerOptions extends DataOptions {
    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** Those of a command and of the commands around it. */
    public static LedgerOptions of(CommandSpec spec) {
        LedgerOptions merged = new LedgerOptions();
        around(spec).forEach(merged::fill);
        return merged;
    }

    @Override
    void fill(DataOptions others) {
        super.fill(others);
        json = json || (others instanceof LedgerOptions options && options.json);
    }

    /** Whether answers are JSON. */
    public boolean json() {
        return json;
    }
}
