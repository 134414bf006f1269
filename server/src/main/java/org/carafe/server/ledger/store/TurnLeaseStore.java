package org.carafe.server.ledger.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.carafe.server.channels.TurnLease;
import org.carafe.server.channels.TurnLeases;
import org.carafe.server.channels.TurnLostException;
import org.carafe.server.ledger.RowIds;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.Dialect;
import org.carafe.server.ledger.db.LedgerUnavailableException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases as rows of a PostgreSQL that several servers share, by its clock. Each method is a short transaction of its own. Thread-safe.
 */
public final class TurnLeaseStore implements TurnLeases {
    private static final Logger LOG = LoggerFactory.getLogger(TurnLeaseStore.class);

    /** How long a session is kept for a server that waits for it: longer than it sleeps between two askings. */
    private static final Duration KEPT_FOR_NEXT = Duration.ofSeconds(1);

    private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(1);

    private static final String NOW = "cast(extract(epoch from clock_timestamp()) * 1000 as bigint)";
    private static final String WHERE_SESSION = " where channel_id = :channel and session_id = :session";
    private static final String WHERE_OWN = WHERE_SESSION + " and lease = :lease";

    private final Database database;
    private final RowIds ids;
    private final Duration life;

    TurnLeaseStore(Database database, RowIds ids, Duration life) {
        this.database = database;
        this.ids = ids;
        this.life = life;
    }

    /** As the ledger needs them: SQLite's has one server at a time. */
    public static TurnLeases of(Database database, RowIds ids) {
        return database.dialect() == Dialect.SQLITE ? ALONE : new TurnLeaseStore(database, ids, LIFE);
    }

    @Override
    public TurnLease of(long channelId, String sessionId) {
        return new TurnLease(channelId, sessionId, ids.next());
    }

    @Override
    public boolean take(TurnLease lease) {
        return database.write(handle -> {
            boolean taken = taken(handle, lease);
            if (!taken) {
                noteNext(handle, lease);
            }
            return taken;
        });
    }

    private boolean taken(Handle handle, TurnLease lease) {
        return handle.createUpdate("insert into session_turn as t (channel_id, session_id, lease, expires_at)"
                                + " values (:channel, :session, :lease, " + NOW + " + :life)"
                                + " on conflict (channel_id, session_id) do update"
                                + " set lease = excluded.lease, expires_at = excluded.expires_at, next_until = 0"
                                + " where t.expires_at <= " + NOW
                                + " and (t.next_process = :process or t.next_until <= " + NOW + ")")
                        .bind("channel", lease.channelId())
                        .bind("session", lease.sessionId())
                        .bind("lease", lease.number())
                        .bind("life", life.toMillis())
                        .bind("process", database.processNumber())
                        .execute()
                == 1;
    }

    private void noteNext(Handle handle, TurnLease lease) {
        handle.createUpdate("update session_turn set next_process = :process, next_until = " + NOW + " + :kept"
                        + WHERE_SESSION + " and (next_process = :process or next_until <= " + NOW + ")")
                .bind("channel", lease.channelId())
                .bind("session", lease.sessionId())
                .bind("process", database.processNumber())
                .bind("kept", KEPT_FOR_NEXT.toMillis())
                .execute();
    }

    @Override
    public List<TurnLease> renew(Collection<TurnLease> leases) {
        List<TurnLease> all = List.copyOf(leases);
        int[] renewed = attempt(handle -> {
            PreparedBatch batch =
                    handle.prepareBatch("update session_turn set expires_at = " + NOW + " + :life" + WHERE_OWN);
            for (TurnLease lease : all) {
                batch.bind("life", life.toMillis())
                        .bind("channel", lease.channelId())
                        .bind("session", lease.sessionId())
                        .bind("lease", lease.number())
                        .add();
            }
            return batch.execute();
        });
        List<TurnLease> lost = new ArrayList<>();
        if (renewed == null) {
            return lost;
        }
        for (int i = 0; i < renewed.length; i++) {
            if (renewed[i] == 0) {
                lost.add(all.get(i));
            }
        }
        return lost;
    }

    @Override
    public void release(TurnLease lease) {
        attempt(handle -> let(handle, lease));
    }

    @Override
    public void purge() {
        attempt(handle -> handle.createUpdate(
                        "delete from session_turn where expires_at <= " + NOW + " - :kept and next_until <= " + NOW)
                .bind("kept", FORGOTTEN_AFTER.toMillis())
                .execute());
    }

    /** Null: it failed, and what it was about runs out by itself. */
    private <T> @Nullable T attempt(Function<Handle, T> work) {
        try {
            return database.write(work);
        } catch (LedgerUnavailableException e) {
            LOG.warn("a lease of a session's turn may run out: {}", e.getMessage());
            return null;
        }
    }

    /**
     * Gives a lease back in the transaction that writes what its turn came to: no later turn sees less, and no earlier one writes after it.
     *
     * @throws TurnLostException it was another's already
     */
    static void giveBack(Handle handle, TurnLease lease) {
        if (lease.isShared() && !let(handle, lease)) {
            throw new TurnLostException();
        }
    }

    /** One statement where nobody waits. */
    private static boolean let(Handle handle, TurnLease lease) {
        return change(handle, "delete from session_turn" + WHERE_OWN + " and next_until <= " + NOW, lease)
                || change(handle, "update session_turn set lease = 0, expires_at = 0" + WHERE_OWN, lease);
    }

    private static boolean change(Handle handle, String sql, TurnLease lease) {
        return handle.createUpdate(sql)
                        .bind("channel", lease.channelId())
                        .bind("session", lease.sessionId())
                        .bind("lease", lease.number())
                        .execute()
                == 1;
    }
}
