package org.carafe.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.ledger.LedgerAudit;
import org.carafe.server.ledger.RowIds;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.secret.MasterKey;

/** Acts on a real database, with a clock of their own. At its end the ledger keeps every law. */
final class ActsFixture implements AutoCloseable {
    static final String ACTOR = "key_test";

    final AtomicLong nowMillis =
            new AtomicLong(Instant.parse("2026-03-10T12:00:00Z").toEpochMilli());
    final AtomicInteger changes = new AtomicInteger();
    final Database database;
    final MasterKey masterKey = MasterKey.of(new byte[32]);
    final RowIds ids;
    final AdminActs acts;

    ActsFixture(DatabaseSettings settings) {
        database = Database.open(settings);
        InstantSource clock = () -> Instant.ofEpochMilli(nowMillis.get());
        ids = new RowIds(database);
        acts = AdminActs.of(database, ids, masterKey, clock, changes::incrementAndGet);
    }

    AccountView account(String name) {
        return acts.accounts().create(ACTOR, name, AccountSettings.DEFAULTS);
    }

    KeyView key(String account, KeySettings settings) {
        return acts.keys().create(ACTOR, account, settings, null);
    }

    Instant now() {
        return Instant.ofEpochMilli(nowMillis.get());
    }

    long number(String sql, Object... parameters) {
        return database.read(
                handle -> handle.select(sql, parameters).mapTo(Long.class).one());
    }

    String text(String sql, Object... parameters) {
        return database.read(
                handle -> handle.select(sql, parameters).mapTo(String.class).one());
    }

    /** Why an act was not done; it changed nothing and left no trace. */
    ActException refused(ThrowingCallable act) {
        long acts = number("select count(*) from audit");
        long version = number("select version from settings_version");
        ActException refusal = catchThrowableOfType(ActException.class, act);
        assertThat(refusal).isNotNull();
        assertThat(refusal.getMessage()).doesNotContain("\n").hasSizeLessThan(500);
        assertThat(number("select count(*) from audit")).isEqualTo(acts);
        assertThat(number("select version from settings_version")).isEqualTo(version);
        return refusal;
    }

    @Override
    public void close() {
        try {
            assertThat(LedgerAudit.verify(database)).isEmpty();
        } finally {
            database.close();
        }
    }
}
