package org.carafe.server.cli.admin;

import java.time.Instant;
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
                "Exit code 0: all hold. 1: the list says which are broken, and by which rows.",
                "A clock that was ahead breaks none: what it left is listed as warnings."
            },
            mixinStandardHelpOptions = true)
    int verify() {
        Verdict verdict = with(ledger -> {
            List<Finding> findings = LedgerAudit.verify(ledger.database());
            List<String> warnings = ClockAudit.warnings(ledger.database(), Instant.now());
            return new Verdict(findings.isEmpty(), LedgerAudit.laws().size(), findings, warnings);
        });
        print(verdict, AuditCommand::text);
        return verdict.ok() ? 0 : 1;
    }

    /**
     * What {@code verify} prints.
     *
     * @param ok whether all laws hold, whatever the warnings say
     */
    record Verdict(boolean ok, int laws, List<Finding> findings, List<String> warnings) {}

    private static String text(Verdict verdict) {
        StringBuilder text = new StringBuilder();
        if (verdict.ok()) {
            text.append("all ").append(verdict.laws()).append(" laws hold\n");
        }
        for (Finding finding : verdict.findings()) {
            text.append("broken: ")
                    .append(finding.law())
                    .append(": ")
                    .append(finding.what())
                    .append('\n');
        }
        verdict.warnings()
                .forEach(warning -> text.append("warning: ").append(warning).append('\n'));
        return text.toString();
    }
}
