package org.carafe.server.cli.admin;

import java.util.concurrent.Callable;
import org.carafe.server.admin.StatementView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code carafe statement}. */
@Command(name = "statement", description = "The movements of an account's credits, newest first.", sortOptions = false)
final class StatementCommand extends LedgerCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "The account.")
    private String name = "";

    @Mixin
    private final CursorOptions page = new CursorOptions();

    StatementCommand() {}

    @Override
    public Integer call() {
        StatementView statement = with(ledger -> ledger.acts().credits().statement(name, page.cursor, page.limit));
        return print(
                statement,
                view -> Table.page(view.entries(), view.nextCursor(), "at", "id", "kind", "fund", "amount", "~reason"));
    }
}
