package org.carafe.server.ledger;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import org.carafe.inference.engine.Usage;
import org.carafe.server.ledger.db.Database;

/** A ledger that does nothing by itself, for what other packages have settled in it. */
public final class SteppedLedger implements AutoCloseable {
    private final Ledger ledger;
    private final long account;
    private final long key;

    /** The server of that database; what was another's is ended. */
    public SteppedLedger(Database database, InstantSource clock) {
        ledger = Ledger.stepped(database, new RowIds(database), clock, LedgerListener.NONE);
        account = database.write(handle -> {
            long id = handle.createQuery(
                            "insert into account (name, error_style, created_at) values ('free', 'openai', 0) returning id")
                    .mapTo(Long.class)
                    .one();
            handle.execute("insert into account_meter (account_id) values (?)", id);
            handle.execute("insert into fund (account_id, kind, overdraft_micros) values (?, 'prepaid', 0)", id);
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

    /** Settles a request with its answer; whether that was kept. */
    public boolean settle(AnswerToKeep answer) {
        HoldResult result = ledger.hold(new HoldRequest("req", account, key, "free", 1, 1, 1, true));
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
