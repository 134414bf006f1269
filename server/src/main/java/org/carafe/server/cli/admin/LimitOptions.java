package org.carafe.server.cli.admin;

import org.carafe.server.accounts.Limits;
import org.carafe.server.cli.options.Values.CountOrNone;
import org.carafe.server.cli.options.Values.ToCountOrNone;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Limits of a key, of an account or of a plan's accounts. */
@Command
final class LimitOptions {
    @Option(
            names = "--rpm",
            paramLabel = "N",
            converter = ToCountOrNone.class,
            description = "Requests a minute; none removes the limit.")
    private @Nullable CountOrNone rpm;

    @Option(
            names = "--tpm",
            paramLabel = "N",
            converter = ToCountOrNone.class,
            description = "Tokens a minute, prompt and answer.")
    private @Nullable CountOrNone tpm;

    @Option(
            names = "--requests-per-day",
            paramLabel = "N",
            converter = ToCountOrNone.class,
            description = "Requests a day (UTC).")
    private @Nullable CountOrNone requestsPerDay;

    @Option(
            names = "--tokens-per-day",
            paramLabel = "N",
            converter = ToCountOrNone.class,
            description = "Tokens a day (UTC).")
    private @Nullable CountOrNone tokensPerDay;

    @Option(
            names = "--concurrent",
            paramLabel = "N",
            converter = ToCountOrNone.class,
            description = "Requests that run at once.")
    private @Nullable CountOrNone concurrent;

    /** With what was given in place of what was. */
    Limits over(Limits limits) {
        return new Limits(
                count(rpm, limits.requestsPerMinute()),
                count(tpm, limits.tokensPerMinute()),
                count(requestsPerDay, limits.requestsPerDay()),
                count(tokensPerDay, limits.tokensPerDay()),
                count(concurrent, limits.concurrentMax()));
    }

    private static @Nullable Long count(@Nullable CountOrNone given, @Nullable Long current) {
        return given == null ? current : given.count();
    }
}
