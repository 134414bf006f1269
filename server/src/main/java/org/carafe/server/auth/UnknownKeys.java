package org.carafe.server.auth;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;

/**
 * Keys that were never seen to be good. Anybody can make them up, so all of them together have a share of the database's readers, and one
 * that was found to be none is not looked up again for a while. Thread-safe.
 */
final class UnknownKeys {
    /** Lookups at once: half of the readers that the ledger has. */
    static final int AT_ONCE_MAX = 2;
    /** How long a key that is none is remembered; a change of the ledger forgets it at once. */
    static final Duration REMEMBERED = Duration.ofSeconds(10);

    private static final int REMEMBERED_MAX = 10_000;

    private final InstantSource clock;
    private final long patienceMillis;
    private final Semaphore lanes = new Semaphore(AT_ONCE_MAX, true);
    private final Map<ByteBuffer, Refused> refused = new ConcurrentHashMap<>();

    /** @param generation of the ledger's keys that it is none of */
    private record Refused(long generation, Instant until) {}

    /** @param patience how long a lookup waits for its turn */
    UnknownKeys(InstantSource clock, Duration patience) {
        this.clock = clock;
        this.patienceMillis = patience.toMillis();
    }

    /** Whether it was found to be none, and nothing has changed since. */
    boolean remembers(ByteBuffer digest, long generation) {
        Refused known = refused.get(digest);
        return known != null
                && known.generation() == generation
                && clock.instant().isBefore(known.until());
    }

    /**
     * Looks one up when it is its turn, and remembers it where it is none.
     *
     * @param generation as of before the lookup
     * @throws ApiException {@code LEDGER_UNAVAILABLE}: too many others were before it
     */
    <T> Optional<T> lookUp(ByteBuffer digest, long generation, Supplier<Optional<T>> lookup) {
        takeTurn();
        try {
            // The same one may have been looked up while this one waited.
            if (remembers(digest, generation)) {
                return Optional.empty();
            }
            Optional<T> found = lookup.get();
            if (found.isEmpty()) {
                remember(digest, generation);
            }
            return found;
        } finally {
            lanes.release();
        }
    }

    private void remember(ByteBuffer digest, long generation) {
        if (refused.size() >= REMEMBERED_MAX) {
            refused.clear();
        }
        refused.put(digest, new Refused(generation, clock.instant().plus(REMEMBERED)));
    }

    private void takeTurn() {
        try {
            if (lanes.tryAcquire(patienceMillis, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new ApiException(
                ErrorKind.LEDGER_UNAVAILABLE,
                "Too many keys that this server has not seen before are being looked up; try again.",
                null,
                Map.of("Retry-After", "1"));
    }
}
