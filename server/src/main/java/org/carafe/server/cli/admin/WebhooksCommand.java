package org.carafe.server.cli.admin;

import java.util.List;
import org.carafe.server.admin.AdminActs;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code carafe webhooks}. */
@Command(name = "webhooks", description = "Webhooks: who is told of low balances, spent budgets and ending keys.")
final class WebhooksCommand extends LedgerCommand {
    WebhooksCommand() {}

    @Command(
            description = "Make a webhook; its secret, which signs what it is told, is shown this once.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    int create(
            @Parameters(paramLabel = "URL", description = "Such as https://example.com/hook.") String url,
            @Option(
                            names = "--account",
                            paramLabel = "A",
                            description = "Tell only what happens to this account (default: to any).")
                    @Nullable
                    String account,
            @Option(
                            names = "--events",
                            paramLabel = "E1,E2",
                            split = ",",
                            description = "Of low_balance, budget_reached, key_expiring (default: all).")
                    @Nullable
                    List<String> events) {
        return one(acts -> acts.webhooks().create(AdminActs.SHELL, url, account, events));
    }

    @Command(description = "Show a webhook, without its secret.", mixinStandardHelpOptions = true)
    int show(@Parameters(paramLabel = "ID", description = "Such as wh_...") String id) {
        return one(acts -> acts.webhooks().show(id));
    }

    @Command(
            description = "Delete a webhook; what waits for it is not delivered any more.",
            mixinStandardHelpOptions = true)
    int delete(@Parameters(paramLabel = "ID", description = "Such as wh_...") String id) {
        return one(acts -> acts.webhooks().delete(AdminActs.SHELL, id));
    }

    @Command(description = "How its latest deliveries stand, newest first.", mixinStandardHelpOptions = true)
    int deliveries(@Parameters(paramLabel = "ID", description = "Such as wh_...") String id, @Mixin PageOptions page) {
        return list(
                acts -> acts.webhooks().deliveries(id, page.limit),
                "event",
                "attempts",
                "delivered_at:delivered",
                "next_at:next",
                "~last_error");
    }

    @Command(description = "List webhooks, oldest first.", mixinStandardHelpOptions = true)
    int list(
            @Option(names = "--after", paramLabel = "ID", description = "Go on after this webhook.") @Nullable
                    String after,
            @Mixin PageOptions page) {
        return list(acts -> acts.webhooks().list(after, page.limit), "id", "~url", "~account", "~events");
    }
}
