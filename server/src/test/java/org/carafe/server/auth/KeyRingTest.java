package org.carafe.server.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.InstantSource;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.ledger.db.LedgerUnavailableException;
import org.carafe.server.ledger.store.KeyLookup;
import org.carafe.server.secret.MasterKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of the keys, and when the door shuts. */
final class KeyRingTest {
    private static final MasterKey MASTER_KEY = MasterKey.of(new byte[32]);

    @TempDir
    private Path data;

    private Database database;

    @BeforeEach
    void open() {
        database = Database.open(DatabaseSettings.sqlite(data));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private KeyRing ring(Door door, int keptMax) {
        return new KeyRing(new KeyLookup(database), MASTER_KEY, InstantSource.system(), door, keptMax);
    }

    private void execute(String sql, Object... parameters) {
        database.write(handle -> handle.execute(sql, parameters));
    }

    private void raiseVersion() {
        execute("update settings_version set version = version + 1");
    }

    private void add(String key) {
        execute(
                "insert into api_key (public_id, kind, name, prefix, digest, created_at) values (?, 'inference', 'k', 'sk-', ?, 0)",
                "key_" + key,
                MASTER_KEY.digest(KeyRing.DIGEST_PURPOSE, key.getBytes(UTF_8)));
    }

    private static Credential credential(String key) {
        return new Credential(key, Credential.Source.BEARER);
    }

    @Test
    void aKeyThatComesWhenAllPlacesAreTakenIsKeptToo() {
        for (String key : new String[] {"sk-1", "sk-2", "sk-3"}) {
            add(key);
        }
        try (KeyRing ring = ring(Door.SHUT, 2)) {
            for (String key : new String[] {"sk-1", "sk-2", "sk-3"}) {
                assertThat(ring.authenticate(credential(key)).keyId()).isEqualTo("key_" + key);
            }
            // Nothing tells the ring: what it kept it still believes, the rest it looks up.
            execute("update api_key set revoked_at = 1");
            assertThat(ring.authenticate(credential("sk-3")).keyId()).isEqualTo("key_sk-3");
            assertThatThrownBy(() -> ring.authenticate(credential("sk-1")))
                    .isInstanceOfSatisfying(
                            ApiException.class,
                            refused -> assertThat(refused.kind()).isEqualTo(ErrorKind.KEY_REVOKED));
        }
    }

    @Test
    void onceThereWasAKeyTheDoorStaysShut() {
        try (KeyRing ring = ring(Door.OPEN_UNTIL_KEYS, 10)) {
            assertThat(ring.letsAnyoneIn()).isTrue();
            add("sk-1");
            raiseVersion();
            ring.changed();
            assertThat(ring.letsAnyoneIn()).isFalse();
            execute("delete from api_key");
            raiseVersion();
            ring.changed();
            assertThat(ring.letsAnyoneIn()).isFalse();
        }
    }

    @Test
    void aLookThatFailsHalfwayIsDoneAgain() {
        try (KeyRing ring = ring(Door.OPEN_UNTIL_KEYS, 10)) {
            add("sk-1");
            execute("alter table api_key rename to away");
            raiseVersion();
            assertThatThrownBy(ring::changed).isInstanceOf(LedgerUnavailableException.class);
            execute("alter table away rename to api_key");
            ring.changed();
            assertThat(ring.letsAnyoneIn()).isFalse();
        }
    }
}
