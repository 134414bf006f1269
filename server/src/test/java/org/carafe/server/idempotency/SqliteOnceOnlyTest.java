package org.carafe.server.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
    void whoAsksAgainWritesNothing() throws Exception {
        keep(once, first(once.begin("s", "kept", body("b"))), "text/plain", body("answer"));
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch taken = new CountDownLatch(1);
        Thread writer = Thread.ofVirtual().start(() -> {
            database.takeTurn();
            try {
                taken.countDown();
                asked.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                database.endTurn();
            }
        });
        taken.await();
        try {
            // Another writer has its turn all the while.
            assertThat(CompletableFuture.supplyAsync(() -> once.begin("s", "kept", body("b")))
                            .get(10, TimeUnit.SECONDS))
                    .isInstanceOf(Begun.Again.class);
            assertThat(CompletableFuture.supplyAsync(() -> once.begin("s", "kept", body("c")))
                            .get(10, TimeUnit.SECONDS))
                    .isInstanceOf(Begun.Other.class);
        } finally {
            asked.countDown();
            writer.join();
        }
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
