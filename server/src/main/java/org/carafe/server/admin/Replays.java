package org.carafe.server.admin;

import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.carafe.server.ledger.store.IdempotencyStore;
import org.carafe.server.ledger.store.IdempotencyStore.Done;
import org.carafe.server.ledger.store.Tables;
import org.carafe.server.secret.MasterKey;
import org.jspecify.annotations.Nullable;

/** Does an act once for each idempotency key: a repetition gets the first one's answer, another body under the same key is a conflict. */
final class Replays {
    private static final int KEY_CHARS_MAX = 255;

    private final MasterKey masterKey;

    Replays(MasterKey masterKey) {
        this.masterKey = masterKey;
    }

    /**
     * Does it, or answers what it answered before.
     *
     * @param key null: it is done each time
     * @param body all that the act was told; it must be the same each time
     * @param kept how long the key counts
     */
    <T> T once(
            Tables tables,
            String scope,
            @Nullable String key,
            Object body,
            Class<T> type,
            Instant now,
            Duration kept,
            Supplier<T> act) {
        if (key == null) {
            return act.get();
        }
        Check.line("an idempotency key", key, KEY_CHARS_MAX);
        // HMAC: what may be guessed of the body cannot be checked by who reads the database.
        byte[] digest = masterKey.digest("idempotency", AdminJson.bytes(body));
        String context = "idempotency:" + scope + ":" + key;
        IdempotencyStore store = tables.idempotency();
        Optional<Done> done = store.find(scope, key, now);
        if (done.isPresent()) {
            if (!MessageDigest.isEqual(done.get().bodyDigest(), digest)) {
                throw ActException.conflict("the idempotency key " + Check.shown(key) + " was used with other values");
            }
            return AdminJson.read(masterKey.open(done.get().sealedResult(), context), type);
        }
        T answer = act.get();
        Done first = new Done(digest, masterKey.seal(AdminJson.bytes(answer), context));
        store.add(scope, key, first, now, now.plus(kept));
        return answer;
    }
}
