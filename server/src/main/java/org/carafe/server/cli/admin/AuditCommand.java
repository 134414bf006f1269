package org.carafe.server.cli.admin;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.carafe.server.admin.AuditView;
import org.carafe.server.ledger.ClockAudit;
import org.carafe.server.ledger.LedgerAudit;
import org.carafe.server.ledger.LedgerAudit.Finding;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code carafe audit}. */
@Command(name = "audit", description = "What administrators did, and whether the ledger keeps its laws.")
final class AuditCommand extends LedgerCommand {
    AuditCommand() {}

    @Command(description = "Every act of an administrator, newest first.", mixinStandardHelpOptions = true)
    int log(@Mixin CursorOptions page) {
        AuditView log = with(ledger -> ledger.acts().reports().audit(page.cursor, page.limit));
        return print(
                log,
                view -> Table.page(view.entries(), view.nextCursor(), "at", "~actor", "act", "~subject", "~details"));
    }

    @Command(
            description = {
                "Recompute every law of the ledger over all of its rows.",
                "Exit code 0: all hold. 1: the list says which are broken, and by which rows."
            },
            mixinStandardHelpOptions = true)
    int verify() {
        List<Finding> findings = with(ledger -> {
            List<Finding> all = new ArrayList<>(LedgerAudit.verify(ledger.database()));
            all.addAll(ClockAudit.verify(ledger.database(), Instant.now()));
            return all;
        });
        print(new Verdict(findings.isEmpty(), LedgerAudit.laws().size() + 1, findings), AuditCommand::text);
        return findings.isEmpty() ? 0 : 1;
    }

    /** What {@code verify} prints. */
    record Verdict(boolean ok, int laws, List<Finding> findings) {}

    private static String text(Verdict verdict) {
        if (verdict.ok()) {
            return "all " + verdict.laws() + " laws hold\n";
        }
        StringBuilder text = new StringBuilder();
        for (Finding finding : verdict.findings()) {
            text.append("broken: ")
                    .append(finding.law())
                    .append(": ")
                    .append(finding.what())
                    .append('\n');
        }
        return text.toString();
    }
}
