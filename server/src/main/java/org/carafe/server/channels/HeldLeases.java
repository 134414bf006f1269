package org.carafe.server.channels;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The leases of this process's turns, renewed as long as there are any; no thread runs while there are none. Thread-safe. */
final class HeldLeases {
    private static final Logger LOG = LoggerFactory.getLogger(HeldLeases.class);

    private static final Duration PURGED_EVERY = Duration.ofMinutes(1);

    private final TurnLeases leases;
    private final Duration renewedEvery;
    private final Duration purgedEvery;
    private final AtomicBoolean purging = new AtomicBoolean();
    // Of the thread that renews alone, and of the next one only after it; null: never.
    private volatile @Nullable Long purgedAtNanos;
    // Guarded by the set's monitor.
    private final Set<TurnLease> held = new HashSet<>();
    private boolean renewing;

    /** @param renewedEvery well under a lease's life */
    HeldLeases(TurnLeases leases, Duration renewedEvery) {
        this(leases, renewedEvery, PURGED_EVERY);
    }

    HeldLeases(TurnLeases leases, Duration renewedEvery, Duration purgedEvery) {
        this.leases = leases;
        this.renewedEvery = renewedEvery;
        this.purgedEvery = purgedEvery;
    }

    /** From now on it is renewed. */
    void add(TurnLease lease) {
        if (!lease.isShared()) {
            return;
        }
        synchronized (held) {
            held.add(lease);
            if (!renewing) {
                renewing = true;
                Thread.ofVirtual().name("session turns").start(this::renewWhileHeld);
            }
        }
    }

    /** It is left alone. */
    void remove(TurnLease lease) {
        synchronized (held) {
            held.remove(lease);
        }
    }

    private void renewWhileHeld() {
        while (sleep()) {
            purgeNowAndThen();
            List<TurnLease> now;
            synchronized (held) {
                if (held.isEmpty()) {
                    renewing = false;
                    return;
                }
                now = List.copyOf(held);
            }
            try {
                leases.renew(now).forEach(this::lost);
            } catch (RuntimeException e) {
                // The next round may do better; without it no lease of this process would ever be renewed again.
                LOG.error("{} leases of sessions' turns were not renewed", now.size(), e);
            }
        }
    }

    /** What dead servers left, by a thread of its own: it may wait for the database longer than a lease lives. */
    private void purgeNowAndThen() {
        long nowNanos = System.nanoTime();
        Long last = purgedAtNanos;
        boolean due = last == null || nowNanos - last >= purgedEvery.toNanos();
        if (!due || !purging.compareAndSet(false, true)) {
            return;
        }
        purgedAtNanos = nowNanos;
        Thread.ofVirtual().name("session turns purge").start(() -> {
            try {
                leases.purge();
            } catch (RuntimeException e) {
                LOG.error("leases of servers that died were not forgotten", e);
            } finally {
                purging.set(false);
            }
        });
    }

    private void lost(TurnLease lease) {
        synchronized (held) {
            // Else it has ended meanwhile.
            if (!held.remove(lease)) {
                return;
            }
        }
        LOG.warn("a turn of channel {} has lost its lease and will not be remembered", lease.channelId());
    }

    private boolean sleep() {
        try {
            Thread.sleep(renewedEvery);
            return true;
        } catch (InterruptedException e) {
            synchronized (held) {
                renewing = false;
            }
            return false;
        }
    }
}
