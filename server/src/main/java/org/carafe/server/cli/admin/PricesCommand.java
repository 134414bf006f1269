package org.carafe.server.cli.admin;

import org.carafe.server.admin.AdminActs;
import org.carafe.server.cli.options.Values.Micros;
import org.carafe.server.cli.options.Values.ToMicros;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code carafe prices}. */
@Command(name = "prices", description = "Prices: credits for a million tokens.")
final class PricesCommand extends LedgerCommand {
    PricesCommand() {}

    @Command(
            description = "Set the price of a model from now on; what was charged stays.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    int set(
            @Parameters(paramLabel = "MODEL", description = "The model's id, as requests name it.") String model,
            @Option(
                            names = "--prompt",
                            paramLabel = "X",
                            required = true,
                            converter = ToMicros.class,
                            description = "Credits for a million prompt tokens.")
                    Micros prompt,
            @Option(
                            names = "--completion",
                            paramLabel = "Y",
                            required = true,
                            converter = ToMicros.class,
                            description = "Credits for a million generated tokens.")
                    Micros completion,
            @Option(
                            names = "--cached-prompt",
                            paramLabel = "Z",
                            converter = ToMicros.class,
                            description =
                                    "Credits for a million prompt tokens of the prefix cache (default: as others).")
                    @Nullable
                    Micros cached) {
        return one(acts -> acts.prices()
                .set(
                        AdminActs.SHELL,
                        model,
                        prompt.micros(),
                        cached == null ? null : cached.micros(),
                        completion.micros()));
    }

    @Command(description = "List the prices in force, or all that a model ever had.", mixinStandardHelpOptions = true)
    int list(
            @Option(names = "--model", paramLabel = "MODEL", description = "All versions of this model's price.")
                    @Nullable
                    String model,
            @Option(names = "--after", paramLabel = "MODEL", defaultValue = "", description = "Go on after this one.")
                    String after,
            @Mixin PageOptions page) {
        return list(
                acts -> model == null
                        ? acts.prices().list(after, page.limit)
                        : acts.prices().history(model, page.limit),
                "~model",
                "version",
                "prompt",
                "cached_prompt:cached",
                "completion",
                "since");
    }
}
