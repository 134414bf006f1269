package org.carafe.server.cli.admin;

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
        for (CommandSpec at = spec; at != null; at = at.parent()) {
            for (CommandSpec mixin : at.mixins().values()) {
                if (mixin.userObject() instanceof LedgerOptions options) {
                    merged = merged.or(options);
                }
            }
        }
        return merged;
    }

    /** These, and where they say nothing, the others. */
    LedgerOptions or(LedgerOptions others) {
        LedgerOptions merged = new LedgerOptions();
        merged.fill(this);
        merged.fill(others);
        merged.json = json || others.json;
        return merged;
    }

    boolean json() {
        return json;
    }
}
