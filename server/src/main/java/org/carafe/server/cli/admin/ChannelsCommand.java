package org.carafe.server.cli.admin;

import java.util.List;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.admin.NewChannel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code carafe channels}. */
@Command(name = "channels", description = "Channels: chat with a memory for a web site.")
final class ChannelsCommand extends LedgerCommand {
    ChannelsCommand() {}

    /** What a channel is told at its creation. */
    @Command
    static final class ChannelOptions {
        @Option(names = "--account", paramLabel = "A", required = true, description = "The account that pays.")
        private String account = "";

        @Option(names = "--model", paramLabel = "M", required = true, description = "The model that answers.")
        private String model = "";

        @Option(names = "--system-prompt", paramLabel = "T", description = "What it is told before each conversation.")
        private @Nullable String systemPrompt;

        @Option(
                names = "--origins",
                paramLabel = "O1,O2",
                split = ",",
                description = "Origins of the site's pages, such as https://example.com (default: any).")
        private @Nullable List<String> origins;

        @Option(names = "--rpm", paramLabel = "N", description = "Messages a minute (default: 60).")
        private @Nullable Long rpm;

        @Option(names = "--daily-quota", paramLabel = "N", description = "Messages a day (UTC; default: no limit).")
        private @Nullable Long dailyQuota;
    }

    @Command(description = "Make a channel with its key.", mixinStandardHelpOptions = true, sortOptions = false)
    int create(
            @Parameters(paramLabel = "NAME", description = "1 to 200 visible characters.") String name,
            @Mixin ChannelOptions given) {
        NewChannel channel = new NewChannel(
                name, given.account, given.model, given.systemPrompt, given.origins, given.rpm, given.dailyQuota);
        return one(acts -> acts.channels().create(AdminActs.SHELL, channel));
    }

    @Command(description = "Show a channel with its key.", mixinStandardHelpOptions = true)
    int show(@Parameters(paramLabel = "ID", description = "Such as ch_...") String id) {
        return one(acts -> acts.channels().show(id));
    }

    @Command(description = "Disable a channel: its messages get a 403.", mixinStandardHelpOptions = true)
    int disable(@Parameters(paramLabel = "ID", description = "Such as ch_...") String id) {
        return one(acts -> acts.channels().disable(AdminActs.SHELL, id));
    }

    @Command(description = "Enable a disabled channel.", mixinStandardHelpOptions = true)
    int enable(@Parameters(paramLabel = "ID", description = "Such as ch_...") String id) {
        return one(acts -> acts.channels().enable(AdminActs.SHELL, id));
    }

    @Command(
            description = "Give a channel a new key; the old one works for the grace period.",
            mixinStandardHelpOptions = true)
    int rotate(@Parameters(paramLabel = "ID", description = "Such as ch_...") String id, @Mixin GraceOptions grace) {
        return one(acts -> acts.channels().rotateKey(AdminActs.SHELL, id, grace.grace));
    }

    @Command(description = "List channels, oldest first.", mixinStandardHelpOptions = true)
    int list(
            @Option(names = "--account", paramLabel = "A", description = "Only this account's.") @Nullable
                    String account,
            @Option(names = "--after", paramLabel = "ID", description = "Go on after this channel.") @Nullable
                    String after,
            @Mixin PageOptions page) {
        return list(
                acts -> acts.channels().list(account, after, page.limit),
                "id",
                "~name",
                "~account",
                "~model",
                "enabled",
                "spent");
    }
}
