package org.carafe.server.idempotency;

import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.carafe.server.ledger.AnswerToKeep;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.LedgerUnavailableException;
import org.carafe.server.ledger.store.ClaimStore;
import org.carafe.server.ledger.store.ClaimStore.Claim;
import org.carafe.server.ledger.store.ClaimStore.Claimed;
import org.carafe.server.ledger.store.ClaimStore.Kept;
import org.carafe.server.secret.MasterKey;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims idempotency keys, and seals answers under the master key for the settlements that keep them. A claim lives as long as its
 * request, and until its charge is written where that is late; a server that dies leaves none behind. Thread-safe.
 */
public final class OnceOnly implements AutoCloseable {
    /** How long an answer is kept. */
    public static final Duration KEPT = Duration.ofHours(24);
    /** Largest answer that is kept. */
    public static final int ANSWER_BYTES_MAX = 4 << 20;

    /**
     * After which a claim ends that nobody renews. Longer than a hold's life: as long as a settlement that is late may still charge, its
     * key is nobody else's. The claims of a process that is gone end with its holds.
     */
    static final Duration CLAIM_LIFE = Duration.ofMinutes(11);

    private static final Logger LOG = LoggerFactory.getLogger(OnceOnly.class);
    private static final Duration RENEWED_EVERY = Duration.ofSeconds(15);
    /** Keys that could not be freed, or may be claimed without this process knowing; those beyond end by themselves. */
    private static final int FREED_MAX = 10_000;

    private static final int FREED_AT_ONCE = 500;
    private static final String PURPOSE = "idempotent request";

    private final ClaimStore store;
    private final MasterKey masterKey;
    private final InstantSource clock;
    private final Map<Name, Mine> running = new ConcurrentHashMap<>();
    /** Whose keys could not be freed yet. */
    private final Set<Claim> freed = ConcurrentHashMap.newKeySet();

    private final KeptBytes bytes;
    private final Duration renewedEvery;
    private final Thread renewer;

    private record Name(String scope, String key) {
        static Name of(Claim claim) {
            return new Name(claim.scope(), claim.key());
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // compared in constant time
    private record Mine(Claim claim, byte[] bodyDigest) {}

    /** Begins to renew claims. */
    public OnceOnly(Database database, MasterKey masterKey, InstantSource clock) {
        this(database, masterKey, clock, RENEWED_EVERY);
    }

    OnceOnly(Database database, MasterKey masterKey, InstantSource clock, Duration renewedEvery) {
        this.store = new ClaimStore(database);
        this.bytes = new KeptBytes(store::keptBytes, ClaimStore.KEPT_BYTES_MAX, clock);
        this.masterKey = masterKey;
        this.clock = clock;
        this.renewedEvery = renewedEvery;
        this.renewer = Thread.ofPlatform().daemon().name("idempotency").start(this::renewAlways);
    }

    /**
     * Begins a request.
     *
     * @param scope whose key it is; keys of different scopes never meet
     * @param body all that makes the request what it is
     * @throws LedgerUnavailableException nothing was claimed, or it is let go as soon as the database works
     */
    public Begun begin(String scope, String key, byte[] body) {
        byte[] digest = masterKey.digest(PURPOSE, body);
        Mine mine = running.get(new Name(scope, key));
        if (mine != null) {
            // However long the database was away meanwhile.
            return MessageDigest.isEqual(mine.bodyDigest(), digest) ? new Begun.Running() : new Begun.Other();
        }
        Instant now = clock.instant();
        Claim claim = store.ofThisProcess(scope, key, now);
        // Whoever asks again and again writes nothing.
        Kept found = store.find(claim, digest).orElse(null);
        return found == null ? claim(claim, digest, now.plus(CLAIM_LIFE)) : begun(claim, found, digest);
    }

    private Begun claim(Claim claim, byte[] digest, Instant expiresAt) {
        Claimed claimed;
        try {
            claimed = store.claim(claim, digest, expiresAt);
        } catch (LedgerUnavailableException e) {
            // It may be there all the same, where only the word of it was lost.
            if (freed.size() < FREED_MAX) {
                freed.add(claim);
            }
            throw e;
        }
        if (claimed.isMine()) {
            running.put(Name.of(claim), new Mine(claim, digest));
            freed.remove(claim);
            return new Begun.First(claim);
        }
        return begun(claim, claimed.kept(), digest);
    }

    private Begun begun(Claim claim, @Nullable Kept kept, byte[] digest) {
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
        return new Begun.Again(status, type, () -> masterKey.open(sealed, context(claim.scope(), claim.key())));
    }

    /**
     * Seals the answer of a first request, for the settlement that charges for it to keep; every later one gets it then. Until that is
     * written the key stays claimed. Where nothing is kept in the end, it is free again.
     *
     * @param over called once when that is decided
     * @return null if it is not kept, as its account has kept {@link ClaimStore#KEPT_BYTES_MAX} already; nothing has changed then
     */
    public @Nullable AnswerToKeep toKeep(Claim claim, int status, String contentType, byte[] answer, Runnable over) {
        byte[] sealed = masterKey.seal(answer, context(claim.scope(), claim.key()));
        if (!bytes.take(claim.scope(), sealed.length)) {
            LOG.warn("an answer is not kept: its account has kept {} bytes today", ClaimStore.KEPT_BYTES_MAX);
            return null;
        }
        return new AnswerToKeep(
                claim.scope(),
                claim.key(),
                claim.process(),
                claim.createdAt().toEpochMilli(),
                status,
                contentType,
                sealed,
                KEPT,
                isKept -> {
                    bytes.settled(claim.scope(), sealed.length, isKept);
                    over.run();
                    if (isKept) {
                        running.remove(Name.of(claim));
                    } else {
                        LOG.warn(
                                "an answer is not kept: its hold had ended, or its idempotency key was lost and it costs nothing");
                        release(claim);
                    }
                });
    }

    /** The first request has no answer to keep: the key is free again, as soon as the database works. */
    public void release(Claim claim) {
        running.remove(Name.of(claim));
        try {
            store.release(claim);
        } catch (LedgerUnavailableException e) {
            if (freed.size() < FREED_MAX) {
                freed.add(claim);
            }
            LOG.warn("an idempotency key stays claimed for a while: {}", e.getMessage());
        }
    }

    /** An answer does not open under another key. */
    private static String context(String scope, String key) {
        return "idempotent request:" + scope + ":" + key;
    }

    private void renewAlways() {
        while (true) {
            try {
                Thread.sleep(renewedEvery);
                renew();
            } catch (InterruptedException e) {
                return;
            } catch (LedgerUnavailableException e) {
                LOG.warn("claims of idempotency keys are not renewed: {}", e.getMessage());
            } catch (RuntimeException e) {
                // Whatever it is, the next round comes: requests that run must not lose their keys.
                LOG.error("claims of idempotency keys are not renewed", e);
            }
        }
    }

    /** Renews what runs, frees and forgets what is over. */
    void renew() {
        free();
        Instant now = clock.instant();
        Collection<Claim> claims = running.values().stream().map(Mine::claim).toList();
        if (!claims.isEmpty()) {
            store.renew(claims, now.plus(CLAIM_LIFE));
        }
        while (store.purge(now) == ClaimStore.PURGED_AT_ONCE) {
            // The rest of it, in a transaction of its own.
        }
        bytes.forget();
    }

    private void free() {
        List<Claim> all = new ArrayList<>(freed);
        for (int from = 0; from < all.size(); from += FREED_AT_ONCE) {
            List<Claim> some = all.subList(from, Math.min(all.size(), from + FREED_AT_ONCE));
            store.release(some);
            some.forEach(freed::remove);
        }
    }

    @Override
    public void close() {
        renewer.interrupt();
    }
}
