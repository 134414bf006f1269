package org.carafe.server.cli.admin;

import org.carafe.server.admin.AdminActs;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code carafe keys}. */
@Command(name = "keys", description = "Keys: shown once, when they are made.")
final class KeysCommand extends LedgerCommand {
    KeysCommand() {}

    @Command(description = "Make a key.", mixinStandardHelpOptions = true, sortOptions = false)
    int create(@Mixin OwnerOptions owner, @Mixin KeyOptions key) {
        String account = account(owner);
        return one(acts -> account == null
                ? acts.keys().createManagement(AdminActs.SHELL, key.settings(), key.idempotencyKey)
                : acts.keys().create(AdminActs.SHELL, account, key.settings(), key.idempotencyKey));
    }

    /** Whose keys. */
    @Command
    static final class OwnerOptions {
        @Option(names = "--account", paramLabel = "NAME", description = "The account whose key it is.")
        @Nullable
        String account;

        @Option(
                names = "--management",
                description = "A management key: of no account, it administers and cannot infer.")
        boolean management;
    }

    /** Null: a management key. */
    private @Nullable String account(OwnerOptions owner) {
        if (owner.management == (owner.account != null)) {
            throw misuse("either --account NAME or --management is needed");
        }
        return owner.account;
    }

    @Command(description = "List keys, oldest first.", mixinStandardHelpOptions = true)
    int list(
            @Mixin OwnerOptions owner,
            @Option(names = "--after", paramLabel = "ID", description = "Go on after this key.") @Nullable String after,
            @Mixin PageOptions page) {
        String account = account(owner);
        return list(
                acts -> account == null
                        ? acts.keys().listManagement(after, page.limit)
                        : acts.keys().list(account, after, page.limit),
                "id",
                "~name",
                "prefix",
                "status",
                "limits.requests_per_minute:rpm",
                "budget",
                "spent");
    }

    @Command(description = "Show a key; never its text.", mixinStandardHelpOptions = true)
    int show(@Parameters(paramLabel = "ID", description = "Such as key_...") String id) {
        return one(acts -> acts.keys().show(id));
    }

    @Command(description = "Revoke a key: it opens nothing any more.", mixinStandardHelpOptions = true)
    int revoke(@Parameters(paramLabel = "ID", description = "Such as key_...") String id) {
        return one(acts -> acts.keys().revoke(AdminActs.SHELL, id));
    }

    @Command(
            description = "Replace a key by a new one with the same settings; the old one works for the grace period.",
            mixinStandardHelpOptions = true)
    int rotate(@Parameters(paramLabel = "ID", description = "Such as key_...") String id, @Mixin GraceOptions grace) {
        return one(acts -> acts.keys().rotate(AdminActs.SHELL, id, grace.grace));
    }
}
