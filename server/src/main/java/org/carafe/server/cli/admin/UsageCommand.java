package org.carafe.server.cli.admin;

import java.time.LocalDate;
import java.util.concurrent.Callable;
import org.carafe.server.accounts.UsageBy;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code carafe usage}. */
@Command(
        name = "usage",
        description = "What was used: requests, tokens and credits of ended requests.",
        sortOptions = false)
final class UsageCommand extends LedgerCommand implements Callable<Integer> {
    @Option(names = "--account", paramLabel = "A", description = "Only this account's (default: all).")
    private @Nullable String account;

    @Option(
            names = "--by",
            paramLabel = "day|model|key|account",
            defaultValue = "day",
            description = "What the rows are sums over (default: ${DEFAULT-VALUE}).")
    private UsageBy by = UsageBy.DAY;

    @Option(names = "--from", paramLabel = "DAY", description = "The first day (UTC), such as 2026-11-01.")
    private @Nullable LocalDate from;

    @Option(names = "--to", paramLabel = "DAY", description = "The last day.")
    private @Nullable LocalDate to;

    UsageCommand() {}

    @Override
    public Integer call() {
        String group = by.word();
        return list(
                acts -> acts.reports().usage(by, account, from, to),
                by == UsageBy.KEY ? group : "~" + group,
                "requests",
                "prompt_tokens:prompt",
                "cached_tokens:cached",
                "completion_tokens:completion",
                "credits");
    }
}
