package org.carafe.server.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqliteOnceOnlyTest extends OnceOnlyContract {
    @TempDir
    Path data;

    @Override
    DatabaseSettings settings() {
        return DatabaseSettings.sqlite(data);
    }

    @Test
    void aServerThatWasKilledLeavesNoClaimBehind() {
        first(once.begin("s", "k", body("b")));
        // Opened again without being closed: what a restart after kill -9 sees.
        OnceOnly restarted = process(opened(Database.open(settings())));
        first(restarted.begin("s", "k", body("b")));
        assertThat(restarted.begin("s", "k", body("b"))).isInstanceOf(Begun.Running.class);
    }
}
