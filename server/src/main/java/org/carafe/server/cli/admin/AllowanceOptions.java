package org.carafe.server.cli.admin;

import org.carafe.server.cli.options.Values.MicrosOrNone;
import org.carafe.server.cli.options.Values.ToMicrosOrNone;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Credits of a period. */
@Command
final class AllowanceOptions {
    @Option(
            names = "--monthly-credits",
            paramLabel = "N",
            converter = ToMicrosOrNone.class,
            description = "Credits of each calendar month (UTC), used before prepaid ones; what is left lapses.")
    private @Nullable MicrosOrNone monthlyCredits;

    @Option(
            names = "--daily-credits",
            paramLabel = "N",
            converter = ToMicrosOrNone.class,
            description = "Credits of each day (UTC), used first; what is left lapses.")
    private @Nullable MicrosOrNone dailyCredits;

    @Nullable
    Long monthly(@Nullable Long current) {
        return monthlyCredits == null ? current : monthlyCredits.micros();
    }

    @Nullable
    Long daily(@Nullable Long current) {
        return dailyCredits == null ? current : dailyCredits.micros();
    }
}
