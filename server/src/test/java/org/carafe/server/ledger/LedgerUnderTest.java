package org.carafe.server.ledger;

import io.github.bucket4j.TimeMeter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.admission.Admission;
import org.carafe.server.admission.LedgerAdmission;
import org.carafe.server.admission.Refusals;
import org.carafe.server.auth.Credential;
import org.carafe.server.auth.Door;
import org.carafe.server.auth.KeyRing;
import org.carafe.server.auth.Principal;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.ledger.store.AllowanceLookup;
import org.carafe.server.ledger.store.KeyLookup;
import org.carafe.server.limits.BucketLimits;
import org.carafe.server.limits.MinuteLimits;
import org.carafe.server.secret.MasterKey;

/** The real ledger of the simulator, with its keys, limits and acts, at a time that the simulator tells. */
final class LedgerUnderTest implements AutoCloseable {
    private static final MasterKey MASTER_KEY = MasterKey.of(new byte[32]);

    private final DatabaseSettings settings;
    private final AtomicLong nowMillis =
            new AtomicLong(Instant.parse("2026-01-30T22:00:00Z").toEpochMilli());
    private final InstantSource clock = () -> Instant.ofEpochMilli(nowMillis.get());
    private final Map<Long, String> secrets = new HashMap<>();
    private Database database;
    private Ledger ledger;
    private MinuteLimits limits;
    private KeyRing keys;
    private AdminActs acts;
    private Admission admission;

    LedgerUnderTest(DatabaseSettings settings) {
        this.settings = settings;
        open();
    }

    private void open() {
        database = Database.open(settings);
        RowIds ids = new RowIds(database);
        ledger = Ledger.stepped(database, ids, clock, LedgerListener.NONE);
        keys = new KeyRing(new KeyLookup(database), MASTER_KEY, clock, Door.SHUT);
        acts = AdminActs.of(database, ids, MASTER_KEY, clock, keys::changed);
        limits = BucketLimits.local(new TimeMeter() {
            @Override
            public long currentTimeNanos() {
                return nowMillis.get() * 1_000_000;
            }

            @Override
            public boolean isWallClockBased() {
                return true;
            }
        });
        admission = new LedgerAdmission(ledger, limits, new AllowanceLookup(database, clock)::of, new Refusals(clock));
    }

    /** The process goes, with all that it held, and the next one comes. */
    void crash() {
        close();
        open();
    }

    @Override
    public void close() {
        keys.close();
        ledger.close();
        limits.close();
        database.close();
    }

    Database database() {
        return database;
    }

    Ledger ledger() {
        return ledger;
    }

    AdminActs acts() {
        return acts;
    }

    Admission admission() {
        return admission;
    }

    long nowMillis() {
        return nowMillis.get();
    }

    Instant now() {
        return clock.instant();
    }

    void pass(long millis) {
        nowMillis.addAndGet(millis);
    }

    /** The row id of a new key. */
    long makeKey(String account, KeySettings given) {
        String text = acts.keys().create("test", account, given, null).key();
        long id = number("select max(id) from api_key");
        secrets.put(id, String.valueOf(text));
        return id;
    }

    Principal authenticate(long keyId) {
        return keys.authenticate(new Credential(secrets.get(keyId), Credential.Source.BEARER));
    }

    long number(String sql, Object... parameters) {
        return database.read(
                handle -> handle.select(sql, parameters).mapTo(Long.class).one());
    }
}
