package org.carafe.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.ledger.db.LedgerUnavailableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A request that cannot be ended, as its account's row is not what it was, stands in the way of no other. */
final class StuckRecoveryTest {
    private static final long NOBODY = 100_000;

    @TempDir
    private Path data;

    @Test
    void theOthersAreEndedAndTheirKeysFreed() {
        try (LedgerFixture fixture = new LedgerFixture(DatabaseSettings.sqlite(data), LedgerListener.NONE)) {
            fixture.price(1, 1, 1);
            long damaged = fixture.account("damaged", LedgerFixture.Funding.prepaid(1_000));
            long whole = fixture.account("whole", LedgerFixture.Funding.prepaid(1_000));
            fixture.held(LedgerFixture.asking(damaged, fixture.key(damaged, "a"), 10, 10));
            fixture.held(LedgerFixture.asking(whole, fixture.key(whole, "b"), 10, 10));
            fixture.ledger.close();
            fixture.database.write(handle -> {
                handle.execute("update request set expires_at = 0");
                handle.execute("update fund set held_micros = 0 where account_id = ?", damaged);
                return handle.execute(
                        "insert into idempotency (scope, idempotency_key, body_digest, process, created_at, expires_at)"
                                + " values ('requests:1', 'k', x'00', ?, 0, ?)",
                        NOBODY,
                        Long.MAX_VALUE);
            });

            assertThatThrownBy(() -> Ledger.stepped(fixture.database, fixture.ids, fixture.clock, LedgerListener.NONE))
                    .isInstanceOf(LedgerUnavailableException.class);

            assertThat(count(fixture, "select count(*) from request where status = 0 and account_id = " + damaged))
                    .isEqualTo(1);
            assertThat(count(fixture, "select count(*) from request where status = 0 and account_id = " + whole))
                    .isZero();
            assertThat(count(fixture, "select count(*) from idempotency")).isZero();
        }
    }

    private static long count(LedgerFixture fixture, String sql) {
        return fixture.database.read(
                handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }
}
