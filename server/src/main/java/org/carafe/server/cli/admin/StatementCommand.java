package org.carafe.server.cli.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import org.carafe.server.admin.AdminJson;
import org.carafe.server.admin.StatementView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code carafe statement}. */
@Command(name = "statement", description = "The movements of an account's credits, newest first.", sortOptions = false)
final class StatementCommand extends Group implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "The account.")
    private String name = "";

    @Mixin
    private final ReportOptions page = new ReportOptions();

    StatementCommand() {}

    @Override
    public Integer call() {
        LedgerOptions options = new LedgerOptions();
        StatementView statement =
                with(options, (database, acts) -> acts.credits().statement(name, page.cursor, page.limit));
        return print(options, statement, view -> table(view, AdminJson.tree(view.entries())));
    }

    private static String table(StatementView view, JsonNode entries) {
        String next = view.nextCursor();
        return Table.text(entries, "at", "id", "kind", "fund", "amount", "~reason")
                + (next == null ? "" : "more: --cursor " + next + "\n");
    }
}
