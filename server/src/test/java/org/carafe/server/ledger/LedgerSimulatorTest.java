package org.carafe.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LedgerSimulatorTest {
    private static final Path MEMORY = Path.of("/dev/shm");

    @TempDir
    Path data;

    @Test
    void aHundredThousandRandomActsAreAsAPlainModelHasThem() throws IOException {
        // What a disk does has its own tests; here it would only take time.
        Path directory = Files.isWritable(MEMORY) ? Files.createTempDirectory(MEMORY, "carafe") : data;
        try (LedgerSimulator simulator = new LedgerSimulator(DatabaseSettings.sqlite(directory), 20_261_121)) {
            simulator.run(100_000);
            assertThat(simulator.counts().get("hold") + simulator.counts().get("hold without a maximum"))
                    .as("most acts are requests, not refusals")
                    .isGreaterThan(20_000);
            assertThat(simulator.counts().keySet())
                    .containsAll(List.of(
                            "clock jump",
                            "crash",
                            "hold",
                            "hold without a maximum",
                            "not taken away",
                            "note",
                            "post",
                            "refused: budget_exceeded",
                            "refused: daily_limit_reached",
                            "refused: minute",
                            "refused: rate_limit_exceeded",
                            "refused: revoked",
                            "reversal",
                            "revocation",
                            "taken away",
                            "top-up",
                            "void"));
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Test
    void soAreThoseOnPostgresql() {
        DatabaseSettings settings = new DatabaseSettings(data, TestPostgres.freshDatabase());
        try (LedgerSimulator simulator = new LedgerSimulator(settings, 7)) {
            simulator.run(1_500);
        }
    }
}
