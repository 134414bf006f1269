package org.carafe.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.InstantSource;
import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.ledger.db.Dialect;
import org.carafe.server.ledger.db.LedgerUnavailableException;
import org.carafe.server.secret.MasterKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many processes and rows a ledger has ids for, and what it says at the end. */
abstract class RowIdLimits {
    private static final long LAST = Database.PROCESSES_MAX;

    private DatabaseSettings settings;
    private Database database;

    abstract DatabaseSettings fresh();

    @BeforeEach
    void open() {
        settings = fresh();
        database = Database.open(settings);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static long processes(Database of) {
        return of.read(handle ->
                handle.select("select count(*) from process").mapTo(Long.class).one());
    }

    /** As many processes as that have been there. */
    private void skipTo(long number) {
        database.write(handle -> {
            handle.execute("insert into process (id, opened_at) values (?, 0)", number);
            return database.dialect() == Dialect.SQLITE
                    ? 0
                    : handle.select("select setval(pg_get_serial_sequence('process', 'id'), ?)", number)
                            .mapTo(Long.class)
                            .one();
        });
    }

    @Test
    void theLastProcessServesAndTheNextIsRefusedWithOneLine() {
        skipTo(LAST - 1);
        RowIds ids = new RowIds(database);
        assertThat(database.processNumber()).isEqualTo(LAST);
        long first = ids.next();
        assertThat(first).isPositive();
        assertThat(RowIds.processOf(first)).isEqualTo(LAST);
        assertThat(ids.next()).isEqualTo(first + 1);
        try (Ledger ledger = Ledger.start(database, ids, InstantSource.system(), LedgerListener.NONE)) {
            assertThat(ledger.openHolds()).isZero();
        }
        try (Database next = Database.open(settings)) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(
                                () -> Ledger.start(next, new RowIds(next), InstantSource.system(), LedgerListener.NONE))
                        .isInstanceOf(LedgerUnavailableException.class)
                        .hasMessageContaining(Long.toString(LAST))
                        .hasMessageNotContaining("\n");
            }
        }
    }

    @Test
    void theLastRowOfTheLastProcessHasTheLargestIdThereIs() {
        assertThat(RowIds.of(LAST, RowIds.ROWS_MAX)).isEqualTo(Long.MAX_VALUE);
        assertThat(RowIds.processOf(RowIds.of(LAST, RowIds.ROWS_MAX))).isEqualTo(LAST);
        assertThat(RowIds.processOf(RowIds.of(1, RowIds.ROWS_MAX))).isEqualTo(1);
        assertThat(RowIds.of(2, 1)).isGreaterThan(RowIds.of(1, RowIds.ROWS_MAX));
        assertThatThrownBy(() -> RowIds.of(1, RowIds.ROWS_MAX + 1))
                .isInstanceOf(LedgerUnavailableException.class)
                .hasMessageContaining("started again");
    }

    @Test
    void commandsTakeNoNumberUnlessTheyMoveCredits() {
        AdminActs acts = AdminActs.of(
                database, new RowIds(database), MasterKey.of(new byte[32]), InstantSource.system(), () -> {});
        acts.accounts().create("test", "acme", AccountSettings.DEFAULTS);
        acts.prices().set("test", "m", 1, null, 1);
        assertThat(processes(database)).isZero();
        acts.credits().add("test", "acme", 1_000_000, "start", null);
        acts.credits().adjust("test", "acme", -1, "less", null);
        assertThat(processes(database)).isEqualTo(1);
    }
}
