package org.carafe.server.cli.admin;

import java.util.HashMap;
import java.util.Map;
import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.accounts.ErrorStyle;
import org.carafe.server.cli.options.Values.Micros;
import org.carafe.server.cli.options.Values.MicrosOrNone;
import org.carafe.server.cli.options.Values.ToMicros;
import org.carafe.server.cli.options.Values.ToMicrosOrNone;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What an account can be told, at its creation and later. */
@Command
final class AccountOptions {
    @Option(names = "--plan", paramLabel = "P", description = "The plan that fills in what is not said here, or none.")
    private @Nullable String plan;

    @Option(
            names = "--error-style",
            paramLabel = "openai|flat",
            description = "How errors look (default of a new account: openai).")
    private @Nullable ErrorStyle errorStyle;

    @Mixin
    private final AllowanceOptions allowances = new AllowanceOptions();

    @Option(
            names = "--overdraft",
            paramLabel = "CREDITS",
            converter = ToMicros.class,
            description = "How far the prepaid balance may go below zero (default of a new account: 0).")
    private @Nullable Micros overdraft;

    @Mixin
    private final LimitOptions limits = new LimitOptions();

    @Option(
            names = "--low-balance",
            paramLabel = "CREDITS",
            converter = ToMicrosOrNone.class,
            description = "Below this the webhook about a low balance is sent; none turns it off.")
    private @Nullable MicrosOrNone lowBalance;

    @Option(
            names = "--priority-max",
            paramLabel = "N",
            description = "Highest priority that requests may ask for (default of a new account: 0).")
    private @Nullable Integer priorityMax;

    @Option(names = "--metadata", paramLabel = "NAME=TEXT", description = "Free text of your own; may be repeated.")
    private Map<String, String> metadata = new HashMap<>();

    /** With what was given in place of what was. */
    AccountSettings over(AccountSettings settings) {
        Map<String, String> texts = new HashMap<>(settings.metadata());
        texts.putAll(metadata);
        return new AccountSettings(
                plan == null ? settings.plan() : plan.equals("none") ? null : plan,
                errorStyle == null ? settings.errorStyle() : errorStyle,
                allowances.monthly(settings.monthlyMicros()),
                allowances.daily(settings.dailyMicros()),
                overdraft == null ? settings.overdraftMicros() : overdraft.micros(),
                limits.over(settings.limits()),
                lowBalance == null ? settings.lowBalanceMicros() : lowBalance.micros(),
                priorityMax == null ? settings.priorityMax() : priorityMax,
                texts);
    }
}
