package org.carafe.server.ledger;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.jspecify.annotations.Nullable;

/** A ledger on a real database with a clock of its own, and rows made by the shortest way. */
final class LedgerFixture implements AutoCloseable {
    static final String MODEL = "m";

    final AtomicLong nowMillis =
            new AtomicLong(Instant.parse("2026-03-10T12:00:00Z").toEpochMilli());
    final InstantSource clock = () -> Instant.ofEpochMilli(nowMillis.get());
    final Database database;
    final RowIds ids;
    final Postings postings;
    Ledger ledger;

    LedgerFixture(DatabaseSettings settings) {
        this(settings, LedgerListener.NONE);
    }

    LedgerFixture(DatabaseSettings settings, LedgerListener listener) {
        database = Database.open(settings);
        ids = new RowIds(database);
        postings = new Postings(ids, database.dialect(), clock);
        ledger = Ledger.start(database, ids, clock, listener);
    }

    /** What an account is made of. */
    record Funding(
            long prepaidMicros,
            @Nullable Long monthlyMicros,
            @Nullable Long dailyMicros,
            @Nullable Long concurrentMax) {
        static Funding prepaid(long micros) {
            return new Funding(micros, null, null, null);
        }
    }

    long account(String name, Funding funding) {
        return database.write(handle -> {
            long id = handle.createQuery("""
                            insert into account (name, error_style, monthly_micros, daily_micros, concurrent_max, created_at)
                            values (:name, 'openai', :monthly, :daily, :concurrent, 0) returning id
                            """)
                    .bind("name", name)
                    .bind("monthly", funding.monthlyMicros())
                    .bind("daily", funding.dailyMicros())
                    .bind("concurrent", funding.concurrentMax())
                    .mapTo(Long.class)
                    .one();
            handle.execute("insert into account_meter (account_id) values (?)", id);
            handle.execute("insert into fund (account_id, kind, overdraft_micros) values (?, 'prepaid', 0)", id);
            if (funding.monthlyMicros() != null) {
                handle.execute("insert into fund (account_id, kind, overdraft_micros) values (?, 'monthly', 0)", id);
            }
            if (funding.dailyMicros() != null) {
                handle.execute("insert into fund (account_id, kind, overdraft_micros) values (?, 'daily', 0)", id);
            }
            if (funding.prepaidMicros() > 0) {
                postings.topUp(handle, id, funding.prepaidMicros(), "start", "test");
            }
            return id;
        });
    }

    long key(long account, String name) {
        return key(account, name, null);
    }

    long key(long account, String name, @Nullable Long budgetMicros) {
        return database.write(handle -> {
            long id = handle.createQuery("""
                            insert into api_key (public_id, account_id, kind, name, prefix, digest, budget_micros, created_at)
                            values (:id, :account, 'inference', :id, 'sk-', :digest, :budget, 0) returning id
                            """)
                    .bind("id", "key_" + name)
                    .bind("account", account)
                    .bind("digest", name.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                    .bind("budget", budgetMicros)
                    .mapTo(Long.class)
                    .one();
            handle.execute("insert into key_meter (key_id) values (?)", id);
            return id;
        });
    }

    /** A key that another was rotated to. */
    long successor(long old, String name) {
        return database.write(handle -> {
            long id = handle.createQuery("""
                            insert into api_key (public_id, account_id, kind, name, prefix, digest, budget_micros, meter_id, created_at)
                            select :id, account_id, kind, :id, prefix, :digest, budget_micros, id, 0 from api_key where id = :old
                            returning id
                            """)
                    .bind("id", "key_" + name)
                    .bind("digest", name.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                    .bind("old", old)
                    .mapTo(Long.class)
                    .one();
            handle.execute("update api_key set replaced_by = ? where id = ?", id, old);
            handle.execute("update settings_version set version = version + 1");
            return id;
        });
    }

    /** Credits a million tokens: micro-credits a token. */
    void price(long promptMicros, long cachedMicros, long completionMicros) {
        database.write(handle -> {
            handle.createUpdate("""
                            insert into price (model, version, prompt_micros, cached_micros, completion_micros, since_at)
                            select :model, coalesce(max(version), 0) + 1, :prompt, :cached, :completion, 0
                            from price where model = :model
                            """)
                    .bind("model", MODEL)
                    .bind("prompt", promptMicros * 1_000_000)
                    .bind("cached", cachedMicros * 1_000_000)
                    .bind("completion", completionMicros * 1_000_000)
                    .execute();
            return handle.execute("update settings_version set version = version + 1");
        });
    }

    void revoke(long key) {
        database.write(handle -> {
            handle.execute("update api_key set revoked_at = ? where id = ?", nowMillis.get(), key);
            return handle.execute("update settings_version set version = version + 1");
        });
    }

    static HoldRequest asking(long account, long key, long prompt, long completion) {
        return new HoldRequest("req", account, key, MODEL, prompt, completion, 1, true);
    }

    OpenHold held(HoldRequest request) {
        return switch (ledger.hold(request)) {
            case HoldResult.Held held -> held.hold();
            case HoldResult.Refused refused -> throw new AssertionError("refused: " + refused.refusal());
        };
    }

    Refusal refused(HoldRequest request) {
        return switch (ledger.hold(request)) {
            case HoldResult.Held held -> throw new AssertionError("admitted: " + held.hold());
            case HoldResult.Refused refused -> refused.refusal();
        };
    }

    long number(String sql, Object... parameters) {
        return database.read(
                handle -> handle.select(sql, parameters).mapTo(Long.class).one());
    }

    long balance(long account) {
        return number("select sum(balance_micros) from fund where account_id = ?", account);
    }

    long heldMicros(long account) {
        return number("select sum(held_micros) from fund where account_id = ?", account);
    }

    @Override
    public void close() {
        ledger.close();
        database.close();
    }
}
