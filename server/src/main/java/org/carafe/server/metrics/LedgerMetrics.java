package org.carafe.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.carafe.server.ledger.LedgerListener;

/** How the ledger's writer does. Thread-safe. */
public final class LedgerMetrics implements LedgerListener {
    private final Timer commits;
    private final DistributionSummary acts;
    private final Counter failures;

    LedgerMetrics(MeterRegistry registry) {
        commits = Timer.builder("carafe_ledger_commits")
                .description("Transactions of the ledger's writer, their wait for the disk included.")
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(2),
                        Duration.ofMillis(5),
                        Duration.ofMillis(10),
                        Duration.ofMillis(25),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(1))
                .register(registry);
        acts = DistributionSummary.builder("carafe_ledger_commit_acts")
                .description("Holds, settlements and notes that shared a transaction.")
                .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
                .register(registry);
        failures = Counter.builder("carafe_ledger_failed_acts")
                .description("Holds, settlements and notes whose transaction failed.")
                .register(registry);
    }

    @Override
    public void committed(int count, long nanos) {
        commits.record(Duration.ofNanos(nanos));
        acts.record(count);
    }

    @Override
    public void failed(int count) {
        failures.increment(count);
    }
}
