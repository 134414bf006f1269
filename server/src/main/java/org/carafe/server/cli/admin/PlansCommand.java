package org.carafe.server.cli.admin;

import org.carafe.server.accounts.PlanSettings;
import org.carafe.server.admin.AdminActs;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code carafe plans}. */
@Command(name = "plans", description = "Plans: what accounts of a tier have unless they say otherwise.")
final class PlansCommand extends LedgerCommand {
    PlansCommand() {}

    /** What a plan can be told, at its creation and later. */
    @Command
    static final class PlanOptions {
        @Mixin
        private final AllowanceOptions allowances = new AllowanceOptions();

        @Mixin
        private final LimitOptions limits = new LimitOptions();

        PlanSettings over(PlanSettings settings) {
            return new PlanSettings(
                    allowances.monthly(settings.monthlyMicros()),
                    allowances.daily(settings.dailyMicros()),
                    limits.over(settings.limits()));
        }
    }

    @Command(description = "Make a plan.", mixinStandardHelpOptions = true, sortOptions = false)
    int create(
            @Parameters(paramLabel = "NAME", description = "1 to 200 visible characters.") String name,
            @Mixin PlanOptions plan) {
        return one(acts -> acts.plans().create(AdminActs.SHELL, name, plan.over(PlanSettings.DEFAULTS)));
    }

    @Command(
            description = "Change a plan for all its accounts: limits at once, allowances from their next period on.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    int set(@Parameters(paramLabel = "NAME", description = "The plan.") String name, @Mixin PlanOptions plan) {
        return one(acts -> acts.plans().set(AdminActs.SHELL, name, plan::over));
    }

    @Command(description = "Show a plan.", mixinStandardHelpOptions = true)
    int show(@Parameters(paramLabel = "NAME", description = "The plan.") String name) {
        return one(acts -> acts.plans().show(name));
    }

    @Command(description = "List plans.", mixinStandardHelpOptions = true)
    int list(@Mixin PageOptions.ByName page) {
        return list(
                acts -> acts.plans().list(page.after, page.limit),
                "~name",
                "monthly_credits:monthly",
                "daily_credits:daily",
                "limits.requests_per_minute:rpm",
                "limits.tokens_per_minute:tpm",
                "limits.concurrent_max:concurrent");
    }
}
