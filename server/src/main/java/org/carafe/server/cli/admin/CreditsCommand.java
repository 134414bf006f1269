package org.carafe.server.cli.admin;

import org.carafe.server.admin.AdminActs;
import org.carafe.server.cli.options.Values.Micros;
import org.carafe.server.cli.options.Values.ToMicros;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code carafe credits}. */
@Command(name = "credits", description = "Credits: top-ups, corrections, reversals.")
final class CreditsCommand extends LedgerCommand {
    CreditsCommand() {}

    /** Why, and whether it was done already. */
    @Command
    static final class ReasonOptions {
        @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why; kept in the ledger.")
        String reason = "";

        @Option(
                names = "--idempotency-key",
                paramLabel = "K",
                description = "Repeated with the same values it is done once, for a year; with others it is an error.")
        @Nullable
        String idempotencyKey;
    }

    @Command(description = "Add prepaid credits to an account.", mixinStandardHelpOptions = true)
    int add(
            @Parameters(paramLabel = "NAME", description = "The account.") String name,
            @Parameters(paramLabel = "AMOUNT", converter = ToMicros.class, description = "Credits, such as 12.5.")
                    Micros amount,
            @Mixin ReasonOptions why) {
        return one(acts -> acts.credits().add(AdminActs.SHELL, name, amount.micros(), why.reason, why.idempotencyKey));
    }

    @Command(description = "Correct the prepaid credits of an account, up or down.", mixinStandardHelpOptions = true)
    int adjust(
            @Parameters(paramLabel = "NAME", description = "The account.") String name,
            @Parameters(paramLabel = "AMOUNT", converter = ToMicros.class, description = "Credits, such as 2 or -2.")
                    Micros amount,
            @Mixin ReasonOptions why) {
        return one(
                acts -> acts.credits().adjust(AdminActs.SHELL, name, amount.micros(), why.reason, why.idempotencyKey));
    }

    @Command(description = "Undo a charge, a top-up or a correction by its opposite.", mixinStandardHelpOptions = true)
    int reverse(
            @Parameters(paramLabel = "ID", description = "The transaction, as the statement shows it.") String id,
            @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why; kept in the ledger.")
                    String reason) {
        return one(acts -> acts.credits().reverse(AdminActs.SHELL, id, reason));
    }
}
