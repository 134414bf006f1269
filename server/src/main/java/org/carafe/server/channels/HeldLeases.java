package org.carafe.server.channels;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The leases of this process's turns, renewed as long as there are any; no thread runs while there are none. Thread-safe. */
final class HeldLeases {
    private static final Logger LOG = LoggerFactory.getLogger(HeldLeases.class);

    private final TurnLeases leases;
    private final Duration renewedEvery;
    // Guarded by the set's monitor.
    private final Set<TurnLease> held = new HashSet<>();
    private boolean renewing;

    /** @param renewedEvery well under a lease's life */
    HeldLeases(TurnLeases leases, Duration renewedEvery) {
        this.leases = leases;
        this.renewedEvery = renewedEvery;
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
        // What dead servers left does not need to go soon, and costs no turn anything here.
        leases.purge();
        while (sleep()) {
            List<TurnLease> now;
            synchronized (held) {
                if (held.isEmpty()) {
                    renewing = false;
                    return;
                }
                now = List.copyOf(held);
            }
            leases.renew(now).forEach(this::lost);
        }
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
