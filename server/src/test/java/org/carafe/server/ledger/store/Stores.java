package org.carafe.server.ledger.store;

import java.nio.file.Path;
import org.carafe.server.ledger.FreshDatabase;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.Dialect;

/** Real databases with an account, a channel and two assistants. */
final class Stores {
    static final long CHANNEL = 1;
    static final long SHOP = 1;
    static final long BANK = 2;

    private Stores() {}

    static Database open(Dialect dialect, Path data) {
        Database database = Database.open(FreshDatabase.of(dialect, data));
        return database.write(handle -> {
            handle.execute("insert into assistant (name, model, created_at) values ('shop', 'm', 0), ('bank', 'm', 0)");
            handle.execute("insert into account (name, error_style, created_at) values ('a', 'openai', 0)");
            handle.execute(
                    "insert into api_key (public_id, account_id, kind, name, prefix, digest, created_at)"
                            + " values ('key_1', 1, 'channel', 'k', 'sk-ch-', ?, 0)",
                    new byte[] {1});
            handle.execute(
                    "insert into channel (public_id, account_id, key_id, name, model, sealed_key, created_at)"
                            + " values ('ch_1', 1, 1, 'site', 'm', ?, 0)",
                    new byte[] {1});
            return database;
        });
    }

    static long count(Database database, String table) {
        return database.read(handle -> handle.createQuery("select count(*) from <table>")
                .define("table", table)
                .mapTo(Long.class)
                .one());
    }
}
