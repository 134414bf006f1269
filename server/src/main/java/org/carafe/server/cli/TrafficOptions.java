package org.carafe.server.cli;

import java.time.Duration;
import org.carafe.server.cli.options.Values.ToByteSize;
import org.carafe.server.cli.options.Values.ToDuration;
import org.carafe.server.config.ByteSize;
import org.carafe.server.config.SettingException;
import org.carafe.server.http.HttpSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How much is taken from those who ask, and how long they wait. */
@Command
final class TrafficOptions {
    private static final Duration QUEUE_TIMEOUT_MAX = Duration.ofHours(24);
    private static final long BODY_BYTES_MIN = 1 << 10;
    private static final long BODY_BYTES_MAX = 256 << 20;
    private static final int CONNECTIONS_MAX = 1_000_000;

    @Option(
            names = "--queue-timeout",
            paramLabel = "TIME",
            converter = ToDuration.class,
            description =
                    "How long a request may wait for its place; then it gets a 503 (default: as long as it takes).")
    private @Nullable Duration queueTimeout;

    @Option(
            names = "--body-max",
            paramLabel = "SIZE",
            defaultValue = "16MiB",
            converter = ToByteSize.class,
            description = "Largest body of a request; a larger one gets a 413 (default: ${DEFAULT-VALUE}).")
    private ByteSize bodyMax = new ByteSize(0);

    @Option(
            names = "--connections-max",
            paramLabel = "N",
            defaultValue = "8192",
            description = "Open connections; more wait in the system's backlog (default: ${DEFAULT-VALUE}).")
    private int connectionsMax;

    /** Checks the ranges. */
    void check() {
        if (queueTimeout != null && (queueTimeout.isZero() || queueTimeout.compareTo(QUEUE_TIMEOUT_MAX) > 0)) {
            throw new SettingException(
                    "--queue-timeout must be between 1ms and 24h, not " + queueTimeout.toMillis() + "ms");
        }
        if (bodyMax.bytes() < BODY_BYTES_MIN || bodyMax.bytes() > BODY_BYTES_MAX) {
            throw new SettingException("--body-max must be between 1KiB and 256MiB, not " + bodyMax);
        }
        if (connectionsMax < 1 || connectionsMax > CONNECTIONS_MAX) {
            throw new SettingException(
                    "--connections-max must be between 1 and " + CONNECTIONS_MAX + ", not " + connectionsMax);
        }
    }

    /** Settings with these in place of what they have. */
    HttpSettings over(HttpSettings settings) {
        return settings.with(settings.limits().with((int) bodyMax.bytes(), connectionsMax))
                .with(settings.timeouts().withQueueMillis(queueTimeout == null ? 0 : queueTimeout.toMillis()));
    }
}
