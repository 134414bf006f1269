package org.carafe.server.idempotency;

import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.LedgerUnavailableException;
import org.carafe.server.ledger.store.ClaimStore;
import org.carafe.server.ledger.store.ClaimStore.Claim;
import org.carafe.server.ledger.store.ClaimStore.Claimed;
import org.carafe.server.ledger.store.ClaimStore.Kept;
import org.carafe.server.secret.MasterKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims idempotency keys and keeps answers, sealed under the master key. A claim lives while its process renews it, so that a server that
 * dies leaves none behind. Thread-safe.
 */
public final class OnceOnly implements AutoCloseable {
    /** How long an answer is kept. */
    public static final Duration KEPT = Duration.ofHours(24);
    /** Largest answer that is kept. */
    public static final int ANSWER_BYTES_MAX = 4 << 20;

    static final Duration CLAIM_LIFE = Duration.ofSeconds(60);

    private static final Logger LOG = LoggerFactory.getLogger(OnceOnly.class);
    private static final Duration RENEWED_EVERY = Duration.ofSeconds(15);
    private static final String PURPOSE = "idempotent request";

    private final ClaimStore store;
    private final MasterKey masterKey;
    private final InstantSource clock;
    private final Set<Claim> running = ConcurrentHashMap.newKeySet();
    private final Thread renewer;

    /** Begins to renew claims. */
    public OnceOnly(Database database, MasterKey masterKey, InstantSource clock) {
        this.store = new ClaimStore(database);
        this.masterKey = masterKey;
        this.clock = clock;
        this.renewer = Thread.ofPlatform().daemon().name("idempotency").start(this::renewAlways);
    }

    /**
     * Begins a request.
     *
     * @param scope whose key it is; keys of different scopes never meet
     * @param body all that makes the request what it is
     * @throws LedgerUnavailableException nothing was claimed
     */
    public Begun begin(String scope, String key, byte[] body) {
        byte[] digest = masterKey.digest(PURPOSE, body);
        Instant now = clock.instant();
        Claimed claimed = store.claim(scope, key, digest, now, now.plus(CLAIM_LIFE));
        Claim claim = claimed.claim();
        if (claim != null) {
            running.add(claim);
            return new Begun.First(claim);
        }
        Kept kept = claimed.kept();
        if (kept == null) {
            return new Begun.Running(); // gone since: its owner let it go this moment
        }
        if (!MessageDigest.isEqual(kept.bodyDigest(), digest)) {
            return new Begun.Other();
        }
        Integer status = kept.status();
        byte[] sealed = kept.sealedAnswer();
        String type = kept.contentType();
        if (status == null || sealed == null || type == null) {
            return new Begun.Running();
        }
        return new Begun.Again(status, type, masterKey.open(sealed, context(scope, key)));
    }

    /**
     * Keeps the answer of a first request; every later one gets it.
     *
     * @return false if it is not kept, as its account has kept {@link ClaimStore#KEPT_BYTES_MAX} already, or the claim was lost
     * @throws LedgerUnavailableException it is not kept
     */
    public boolean keep(Claim claim, int status, String contentType, byte[] answer) {
        byte[] sealed = masterKey.seal(answer, context(claim.scope(), claim.key()));
        boolean kept =
                store.keep(claim, status, contentType, sealed, clock.instant().plus(KEPT));
        if (kept) {
            running.remove(claim);
        } else {
            LOG.warn("an answer is not kept: its account has kept too many, or its idempotency key was lost meanwhile");
        }
        return kept;
    }

    /** The first request has no answer to keep: the key is free again. */
    public void release(Claim claim) {
        running.remove(claim);
        try {
            store.release(claim);
        } catch (LedgerUnavailableException e) {
            LOG.warn("an idempotency key stays claimed for {} s: {}", CLAIM_LIFE.toSeconds(), e.getMessage());
        }
    }

    /** An answer does not open under another key. */
    private static String context(String scope, String key) {
        return "idempotent request:" + scope + ":" + key;
    }

    private void renewAlways() {
        while (true) {
            try {
                Thread.sleep(RENEWED_EVERY);
                renew();
            } catch (InterruptedException e) {
                return;
            } catch (LedgerUnavailableException e) {
                LOG.warn("claims of idempotency keys are not renewed: {}", e.getMessage());
            }
        }
    }

    /** Renews what runs, forgets what is over. */
    void renew() {
        Instant now = clock.instant();
        List<Claim> claims = List.copyOf(running);
        if (!claims.isEmpty()) {
            store.renew(claims, now.plus(CLAIM_LIFE));
        }
        store.purge(now);
    }

    @Override
    public void close() {
        renewer.interrupt();
    }
}
