package org.carafe.server.cli.admin;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.carafe.server.cli.options.Values.Micros;
import org.carafe.server.cli.options.Values.ToInstant;
import org.carafe.server.cli.options.Values.ToMicros;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a key is told at its creation. */
@Command
final class KeyOptions {
    @Option(
            names = "--name",
            paramLabel = "N",
            defaultValue = "default",
            description = "What people call it (default: ${DEFAULT-VALUE}).")
    private String name = "";

    @Option(names = "--models", paramLabel = "A,B", split = ",", description = "Models that it may use.")
    private @Nullable List<String> models;

    @Option(names = "--routes", paramLabel = "R,S", split = ",", description = "Paths of routes that it may call.")
    private @Nullable List<String> routes;

    @Option(
            names = "--origins",
            paramLabel = "O,P",
            split = ",",
            description = "Origins of web pages that may use it, such as https://example.com.")
    private @Nullable List<String> origins;

    @Option(
            names = "--ip-ranges",
            paramLabel = "I,J",
            split = ",",
            description = "Addresses that it may be used from, such as 10.0.0.0/8.")
    private @Nullable List<String> ipRanges;

    @Mixin
    private final LimitOptions limits = new LimitOptions();

    @Option(
            names = "--budget",
            paramLabel = "CREDITS",
            converter = ToMicros.class,
            description = "Most that it may ever spend.")
    private @Nullable Micros budget;

    @Option(
            names = "--expires",
            paramLabel = "INSTANT",
            converter = ToInstant.class,
            description = "When it stops working, such as 2027-01-01T00:00:00Z.")
    private @Nullable Instant expires;

    @Option(names = "--assistant", paramLabel = "A", description = "The assistant that it is bound to (simple chat).")
    private @Nullable String assistant;

    @Option(names = "--metadata", paramLabel = "NAME=TEXT", description = "Free text of your own; may be repeated.")
    private Map<String, String> metadata = new HashMap<>();

    @Option(
            names = "--idempotency-key",
            paramLabel = "K",
            description =
                    "Repeated with the same values within a day the answer is the first key; with others an error.")
    @Nullable
    String idempotencyKey;

    KeySettings settings() {
        return new KeySettings(
                name,
                new KeyScope(models, routes, origins, ipRanges),
                limits.over(Limits.NONE),
                budget == null ? null : budget.micros(),
                assistant,
                expires,
                metadata);
    }
}
