package org.carafe.server.channels;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Where the turns of all servers on a ledger meet. Nothing waits here: who is refused asks again. Only asking fails where they cannot be
 * reached; a lease that is not renewed or released then runs out by itself. Thread-safe.
 */
public interface TurnLeases {
    /** How long a lease lives that nobody renews: so long does a session wait for a server that died. */
    Duration LIFE = Duration.ofSeconds(10);

    /** Of a ledger that one server has at a time: its own line is enough. */
    TurnLeases ALONE = new Alone();

    /** A lease to ask for. */
    TurnLease of(long channelId, String sessionId);

    /** Takes it if no other turn of the session has one; else notes that this process is to come next. */
    boolean take(TurnLease lease);

    /** Makes them live on; those that were lost. */
    List<TurnLease> renew(Collection<TurnLease> leases);

    /** Lets the next turn run. A lease that was lost is nobody's business any more. */
    void release(TurnLease lease);

    /** Forgets those of servers that died. */
    void purge();

    /** Grants everything. */
    final class Alone implements TurnLeases {
        private Alone() {}

        @Override
        public TurnLease of(long channelId, String sessionId) {
            return new TurnLease(channelId, sessionId, TurnLease.ALONE);
        }

        @Override
        public boolean take(TurnLease lease) {
            return true;
        }

        @Override
        public List<TurnLease> renew(Collection<TurnLease> leases) {
            return List.of();
        }

        @Override
        public void release(TurnLease lease) {}

        @Override
        public void purge() {}
    }
}
