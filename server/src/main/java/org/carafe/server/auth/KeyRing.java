package org.carafe.server.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.carafe.server.accounts.KeyKind;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.ledger.db.LedgerUnavailableException;
import org.carafe.server.ledger.store.KeyLookup;
import org.carafe.server.secret.MasterKey;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of the ledger. What was looked up is kept until something changes: acts of this process tell at once, those of others are
 * noticed within {@link #POLLED_EVERY}, and every hold looks again in its own transaction. Keys that were never good share a part of the
 * database's readers.
 */
public final class KeyRing implements Authenticator, AutoCloseable {
    /** Purpose of the digests ({@link MasterKey#digest}). */
    public static final String DIGEST_PURPOSE = "api-key";

    static final Duration POLLED_EVERY = Duration.ofMillis(500);
    /** After so long without an answer from the database nothing kept is believed any more: it may have been revoked. */
    private static final Duration BELIEVED = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(KeyRing.class);
    private static final int KEPT_MAX = 50_000;
    /** How long a key that nobody knows waits to be looked up. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final int KEY_CHARS_MAX = 512;
    private static final Principal ANYONE = new Principal("anonymous", "none", null);

    private final KeyLookup lookup;
    private final MasterKey masterKey;
    private final InstantSource clock;
    private final Door door;
    private final int keptMax;
    private final Map<ByteBuffer, Kept> kept = new ConcurrentHashMap<>();
    private final UnknownKeys unknown;
    /** Rises with every change; what is kept counts for the generation that it was looked up in. */
    private final AtomicLong generation = new AtomicLong();

    private final Thread poller = Thread.ofPlatform().daemon().name("key-ring").unstarted(this::poll);
    private long version = -1;
    private volatile long believedUntilNanos;
    private volatile boolean open;
    /** Once there was a key the door stays shut. */
    private boolean keySeen;

    private volatile boolean closed;

    /** @param generation before the key was looked up; in a later one it is looked up again */
    private record Kept(long generation, KeyLookup.Found found) {}

    /** Looks the first keys up; throws {@link LedgerUnavailableException} where it cannot. */
    public KeyRing(KeyLookup lookup, MasterKey masterKey, InstantSource clock, Door door) {
        this(lookup, masterKey, clock, door, KEPT_MAX);
    }

    /** @param keptMax keys that are kept at most */
    KeyRing(KeyLookup lookup, MasterKey masterKey, InstantSource clock, Door door, int keptMax) {
        this.lookup = lookup;
        this.masterKey = masterKey;
        this.clock = clock;
        this.door = door;
        this.keptMax = keptMax;
        this.unknown = new UnknownKeys(clock, PATIENCE);
        look();
        poller.start();
    }

    @Override
    public Principal authenticate(@Nullable Credential credential) {
        if (credential == null) {
            if (letsAnyoneIn()) {
                return ANYONE;
            }
            throw new ApiException(
                    ErrorKind.INVALID_API_KEY,
                    "No API key given: send it as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'.");
        }
        KeyLookup.Found found = find(credential.secret());
        if (found == null) {
            if (letsAnyoneIn()) {
                return ANYONE;
            }
            throw new ApiException(ErrorKind.INVALID_API_KEY, "The API key given is not valid.");
        }
        return principal(found);
    }

    private KeyLookup.@Nullable Found find(String secret) {
        if (!secret.startsWith("sk-") || secret.length() > KEY_CHARS_MAX) {
            return null;
        }
        byte[] digest = masterKey.digest(DIGEST_PURPOSE, secret.getBytes(UTF_8));
        ByteBuffer name = ByteBuffer.wrap(digest);
        boolean believed = System.nanoTime() - believedUntilNanos < 0;
        long now = generation.get();
        Kept remembered = kept.get(name);
        KeyLookup.Found known =
                believed && remembered != null && remembered.generation() == now ? remembered.found() : null;
        if (known == null) {
            if (believed && unknown.remembers(name, now)) {
                return null;
            }
            // Whoever had a key once does not stand in one line with those that make keys up.
            Optional<KeyLookup.Found> found =
                    remembered != null ? lookup.find(digest) : unknown.lookUp(name, now, () -> lookup.find(digest));
            // Something may have changed meanwhile, and this be from before: then its generation says so.
            if (found.isPresent()) {
                // Begun anew rather than closed to whoever comes next: those in use are soon back.
                if (remembered == null && kept.size() >= keptMax) {
                    kept.clear();
                }
                kept.put(name, new Kept(now, found.get()));
            }
            known = found.orElse(null);
        }
        // The digest found is compared as a whole, in constant time; an index alone would not promise that.
        return known != null && MessageDigest.isEqual(known.digest(), digest) ? known : null;
    }

    private Principal principal(KeyLookup.Found key) {
        if (key.revokedAt() != null) {
            throw new ApiException(ErrorKind.KEY_REVOKED, "The API key given was revoked.");
        }
        Instant expiresAt = key.expiresAt();
        if (expiresAt != null && !clock.instant().isBefore(expiresAt)) {
            throw new ApiException(ErrorKind.INVALID_API_KEY, "The API key given expired at " + expiresAt + ".");
        }
        if (key.accountDisabled()) {
            throw new ApiException(ErrorKind.ACCOUNT_DISABLED, "The account of this API key is disabled.");
        }
        KeyGrant grant = new KeyGrant(
                key.keyId(),
                key.meterId(),
                key.accountId(),
                key.kind(),
                key.errorStyle(),
                key.keyLimits(),
                key.accountLimits(),
                key.routes(),
                key.origins(),
                key.ipRanges(),
                key.assistantId(),
                key.priorityMax(),
                expiresAt);
        String account = key.kind() == KeyKind.MANAGEMENT ? "management" : key.account();
        return new Principal(account, key.publicId(), key.models() == null ? null : Set.copyOf(key.models()), grant);
    }

    @Override
    public boolean letsAnyoneIn() {
        return open;
    }

    /** Something changed in this process: looks again from now on. */
    public void changed() {
        generation.incrementAndGet();
        look();
    }

    /** One at a time: what an earlier look saw never comes after what a later one saw. */
    private synchronized void look() {
        long now = lookup.version();
        if (now != version) {
            keySeen = keySeen || (door == Door.OPEN_UNTIL_KEYS && lookup.hasKeys());
            open = switch (door) {
                case SHUT -> false;
                case OPEN_UNTIL_KEYS -> !keySeen;
                case OPEN -> true;
            };
            generation.incrementAndGet();
            // Last: where the database fails before, the next look does all of it.
            version = now;
        }
        believedUntilNanos = System.nanoTime() + POLLED_EVERY.plus(BELIEVED).toNanos();
    }

    private void poll() {
        boolean failing = false;
        while (!closed) {
            try {
                Thread.sleep(POLLED_EVERY);
                look();
                failing = false;
            } catch (InterruptedException e) {
                return;
            } catch (LedgerUnavailableException e) {
                if (!failing) {
                    LOG.warn("keys cannot be looked up: {}", e.getMessage());
                }
                failing = true;
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        poller.interrupt();
    }
}
