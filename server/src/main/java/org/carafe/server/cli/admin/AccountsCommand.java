package org.carafe.server.cli.admin;

import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.admin.AdminActs;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code carafe accounts}. */
@Command(name = "accounts", description = "Accounts: who is billed.")
final class AccountsCommand extends LedgerCommand {
    AccountsCommand() {}

    @Command(description = "Make an account.", mixinStandardHelpOptions = true, sortOptions = false)
    int create(
            @Parameters(paramLabel = "NAME", description = "1 to 200 visible characters.") String name,
            @Mixin AccountOptions account) {
        return one(acts -> acts.accounts().create(AdminActs.SHELL, name, account.over(AccountSettings.DEFAULTS)));
    }

    @Command(
            description = "Change an account: what is not said stays.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    int update(
            @Parameters(paramLabel = "NAME", description = "The account.") String name, @Mixin AccountOptions account) {
        return one(acts -> acts.accounts().update(AdminActs.SHELL, name, account::over));
    }

    @Command(description = "Show an account: balance, held and spent credits, limits.", mixinStandardHelpOptions = true)
    int show(@Parameters(paramLabel = "NAME", description = "The account.") String name) {
        return one(acts -> acts.accounts().show(name));
    }

    @Command(description = "List accounts.", mixinStandardHelpOptions = true)
    int list(@Mixin PageOptions.ByName page) {
        return list(
                acts -> acts.accounts().list(page.after, page.limit),
                "~name",
                "~plan",
                "balance",
                "held",
                "spent",
                "disabled");
    }

    @Command(description = "Disable an account: none of its keys work any more.", mixinStandardHelpOptions = true)
    int disable(@Parameters(paramLabel = "NAME", description = "The account.") String name) {
        return one(acts -> acts.accounts().disable(AdminActs.SHELL, name));
    }

    @Command(description = "Enable a disabled account.", mixinStandardHelpOptions = true)
    int enable(@Parameters(paramLabel = "NAME", description = "The account.") String name) {
        return one(acts -> acts.accounts().enable(AdminActs.SHELL, name));
    }
}
