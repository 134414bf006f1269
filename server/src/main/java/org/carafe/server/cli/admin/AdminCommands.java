package org.carafe.server.cli.admin;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/** The subcommands of this package. */
public final class AdminCommands {
    private AdminCommands() {}

    /** By name, in the order of the help. */
    public static Map<String, Supplier<CommandLine>> all() {
        Map<String, Supplier<LedgerCommand>> commands = new LinkedHashMap<>();
        commands.put("accounts", AccountsCommand::new);
        commands.put("plans", PlansCommand::new);
        commands.put("keys", KeysCommand::new);
        commands.put("credits", CreditsCommand::new);
        commands.put("prices", PricesCommand::new);
        commands.put("assistants", AssistantsCommand::new);
        commands.put("channels", ChannelsCommand::new);
        commands.put("webhooks", WebhooksCommand::new);
        commands.put("usage", UsageCommand::new);
        commands.put("statement", StatementCommand::new);
        commands.put("audit", AuditCommand::new);
        Map<String, Supplier<CommandLine>> lines = new LinkedHashMap<>();
        commands.forEach((name, command) -> lines.put(name, () -> command.get().commandLine()));
        return lines;
    }
}
