package org.carafe.server.ledger.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.MessageDigest;
import java.util.Optional;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.secret.MasterKey;

/** That a ledger is opened with the master key it was made with: with another one every key would be wrong, and no seal would open. */
public final class MasterKeyCheck {
    private MasterKeyCheck() {}

    /**
     * Remembers the first key's digest, and compares the others with it.
     *
     * @throws IllegalArgumentException one line for the user: it is another key
     */
    public static void verify(Database database, MasterKey key) {
        byte[] digest = key.digest("master-key-check", "carafe".getBytes(US_ASCII));
        Optional<byte[]> known = known(database);
        if (known.isEmpty()) {
            known = database.write(handle -> {
                handle.createUpdate(
                                "insert into master_key_check (id, digest) values (1, :digest) on conflict (id) do nothing")
                        .bind("digest", digest)
                        .execute();
                return handle.select("select digest from master_key_check")
                        .mapTo(byte[].class)
                        .findOne();
            });
        }
        if (known.isEmpty() || !MessageDigest.isEqual(known.get(), digest)) {
            throw new IllegalArgumentException("the ledger " + database.settings()
                    + " was made with another master key; give that one by CARAFE_MASTER_KEY or --master-key-file");
        }
    }

    private static Optional<byte[]> known(Database database) {
        return database.read(handle -> handle.select("select digest from master_key_check")
                .mapTo(byte[].class)
                .findOne());
    }
}
