package org.carafe.server.ledger.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.carafe.server.channels.ChatTurn;
import org.carafe.server.channels.TurnLease;
import org.carafe.server.channels.TurnLostException;
import org.carafe.server.ledger.db.Database;
import org.jdbi.v3.core.Handle;

/** What was said in the sessions of channels: whole turns, until 24 hours after a session's last one. Thread-safe. */
public final class ChatStore {
    /** How long a session is remembered after its last turn. */
    public static final Duration KEPT = Duration.ofHours(24);
    /** Turns that are kept of a session; older ones are dropped. */
    public static final int TURNS_MAX = 200;

    private static final int SWEPT_A_TURN = 4;

    private final Database database;
    private final InstantSource clock;

    public ChatStore(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    private record Row(String role, String content, long createdAt) {}

    /** The turns of a session, oldest first; none where it is unknown or has expired. */
    public List<ChatTurn> turns(long channelId, String sessionId) {
        List<Row> rows = database.read(handle -> handle.createQuery(
                        "select m.role, m.content, m.created_at from chat_message m join chat_session s on s.id = m.session"
                                + " where s.channel_id = :channel and s.session_id = :session and s.last_at > :since"
                                + " order by m.id")
                .bind("channel", channelId)
                .bind("session", sessionId)
                .bind("since", since(clock.instant()))
                .map((row, context) ->
                        new Row(row.getString("role"), row.getString("content"), row.getLong("created_at")))
                .list());
        List<ChatTurn> turns = new ArrayList<>(rows.size() / 2);
        for (int i = 0; i + 1 < rows.size(); i += 2) {
            Row asked = rows.get(i);
            Row replied = rows.get(i + 1);
            turns.add(new ChatTurn(
                    asked.content(),
                    Instant.ofEpochMilli(asked.createdAt()),
                    replied.content(),
                    Instant.ofEpochMilli(replied.createdAt())));
        }
        return turns;
    }

    /**
     * Adds a turn, as one: its session begins with it where there is none, or afresh where it has expired. Its lease is given back with it.
     *
     * @throws TurnLostException nothing is added: the lease was another's already
     */
    public void add(TurnLease lease, ChatTurn turn) {
        long channelId = lease.channelId();
        String sessionId = lease.sessionId();
        long now = clock.millis();
        database.write(handle -> {
            TurnLeaseStore.giveBack(handle, lease);
            sweep(handle, now);
            forget(handle, channelId, sessionId, since(clock.instant()));
            long session = handle.createQuery("insert into chat_session (channel_id, session_id, last_at)"
                            + " values (:channel, :session, :now)"
                            + " on conflict (channel_id, session_id) do update set last_at = excluded.last_at"
                            + " returning id")
                    .bind("channel", channelId)
                    .bind("session", sessionId)
                    .bind("now", now)
                    .mapTo(Long.class)
                    .one();
            say(handle, session, "user", turn.message(), turn.askedAt());
            say(handle, session, "assistant", turn.reply(), turn.repliedAt());
            return handle.createUpdate(
                            "delete from chat_message where session = :session and id <= (select m.id"
                                    + " from chat_message m where m.session = :session order by m.id desc limit 1 offset :kept)")
                    .bind("session", session)
                    .bind("kept", 2 * TURNS_MAX)
                    .execute();
        });
    }

    private static void say(Handle handle, long session, String role, String content, Instant at) {
        handle.createUpdate("insert into chat_message (session, role, content, created_at)"
                        + " values (:session, :role, :content, :at)")
                .bind("session", session)
                .bind("role", role)
                .bind("content", content)
                .bind("at", at.toEpochMilli())
                .execute();
    }

    /** The session before its messages, as in {@link #sweep}: transactions that lock in one order do not wait for each other in a circle. */
    private static void forget(Handle handle, long channelId, String sessionId, long since) {
        handle.createUpdate("delete from chat_session"
                        + " where channel_id = :channel and session_id = :session and last_at <= :since")
                .bind("channel", channelId)
                .bind("session", sessionId)
                .bind("since", since)
                .execute();
    }

    /** With each turn, some sessions that nobody comes back to: more than a turn adds, so that they never pile up. */
    private static void sweep(Handle handle, long now) {
        long since = now - KEPT.toMillis();
        List<Long> expired = handle.createQuery(
                        "select id from chat_session where last_at <= :since order by last_at, id limit :most")
                .bind("since", since)
                .bind("most", SWEPT_A_TURN)
                .mapTo(Long.class)
                .list();
        for (long session : expired) {
            // Looked at again once it is locked: its visitor may have come back meanwhile. Its messages go with it.
            handle.execute("delete from chat_session where id = ? and last_at <= ?", session, since);
        }
    }

    private static long since(Instant now) {
        return now.minus(KEPT).toEpochMilli();
    }
}
