package org.carafe.server.cli.admin;

import org.carafe.server.admin.AdminJson;
import org.carafe.server.admin.AuditView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code carafe audit}. */
@Command(name = "audit", description = "What administrators did, and whether the ledger keeps its laws.")
public final class AuditCommand extends Group {
    AuditCommand() {}

    @Command(description = "Every act of an administrator, newest first.", mixinStandardHelpOptions = true)
    int log(@Mixin ReportOptions page, @Mixin LedgerOptions options) {
        AuditView log = with(options, (database, acts) -> acts.reports().audit(page.cursor, page.limit));
        return print(options, log, AuditCommand::table);
    }

    private static String table(AuditView log) {
        String next = log.nextCursor();
        return Table.text(AdminJson.tree(log.entries()), "at", "~actor", "act", "~subject", "~details")
                + (next == null ? "" : "more: --cursor " + next + "\n");
    }
}
