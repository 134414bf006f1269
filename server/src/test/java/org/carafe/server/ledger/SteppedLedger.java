package org.carafe.server.ledger;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.carafe.inference.engine.Usage;
import org.carafe.server.ledger.db.Database;

/** A ledger that does nothing by itself, for what other packages have settled in it. */
public final class SteppedLedger implements AutoCloseable {
    /** Of each request. */
    public static final long COST_MICROS = 2_000;

    private final Database database;
    private final Ledger ledger;
    private final long account;
    private final long key;

    /** The server of that database; what was another's is ended. */
    public SteppedLedger(Database database, InstantSource clock) {
        this.database = database;
        RowIds ids = new RowIds(database);
        ledger = Ledger.stepped(database, ids, clock, LedgerListener.NONE);
        account = database.write(handle -> {
            long id = handle.createQuery(
                            "insert into account (name, error_style, created_at) values ('paying', 'openai', 0) returning id")
                    .mapTo(Long.class)
                    .one();
            handle.execute("insert into account_meter (account_id) values (?)", id);
            handle.execute("insert into fund (account_id, kind, overdraft_micros) values (?, 'prepaid', 0)", id);
            handle.execute(
                    "insert into price (model, version, prompt_micros, cached_micros, completion_micros, since_at)"
                            + " values ('m', 1, 1000000000, 1000000000, 1000000000, 0)");
            new Postings(ids, database.dialect(), clock).topUp(handle, id, 1_000_000_000_000L, "start", "test");
            return id;
        });
        key = database.write(handle -> {
            long id = handle.createQuery("""
                            insert into api_key (public_id, account_id, kind, name, prefix, digest, created_at)
                            values ('key_free', :account, 'inference', 'k', 'sk-', :digest, 0) returning id
                            """)
                    .bind("account", account)
                    .bind("digest", new byte[] {1})
                    .mapTo(Long.class)
                    .one();
            handle.execute("insert into key_meter (key_id) values (?)", id);
            return id;
        });
    }

    /** What all requests were charged, in micro-credits. */
    public long earnedMicros() {
        return database.read(handle -> handle.select("select balance_micros from fund where kind = 'earned'")
                .mapTo(Long.class)
                .one());
    }

    /** What the audit finds. */
    public List<LedgerAudit.Finding> audit() {
        return LedgerAudit.verify(database);
    }

    /** Settles a request with its answer; whether that was kept. */
    public boolean settle(AnswerToKeep answer) {
        HoldResult result = ledger.hold(new HoldRequest("req", account, key, "m", 1, 1, 1, true));
        AtomicBoolean kept = new AtomicBoolean();
        ledger.post(
                ((HoldResult.Held) result).hold(),
                new Usage(1, 0, 1),
                new AnswerToKeep(
                        answer.scope(),
                        answer.key(),
                        answer.process(),
                        answer.claimedAtMillis(),
                        answer.status(),
                        answer.contentType(),
                        answer.sealed(),
                        answer.life(),
                        isKept -> {
                            kept.set(isKept);
                            answer.outcome().settled(isKept);
                        }));
        return kept.get();
    }

    @Override
    public void close() {
        ledger.close();
    }
}
