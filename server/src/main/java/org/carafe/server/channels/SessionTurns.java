package org.carafe.server.channels;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;

/**
 * Lets the turns of a session run one after the other: in this process in the order they came, and by a lease among all servers. Whoever is
 * first in this process's line asks for the lease, again and again and ever more rarely; no connection is held meanwhile. Sessions that
 * nobody waits for take no memory. Thread-safe.
 */
public final class SessionTurns {
    /** Turns of a session that wait in a process, the one that runs included. */
    public static final int WAITING_MAX = 8;
    /** Sessions that wait for other servers at once: what asks the database again and again is bounded. */
    static final int ASKING_MAX = 256;

    private static final Duration RENEWED_EVERY = TurnLeases.LIFE.dividedBy(4);
    private static final long ASKED_AGAIN_NANOS_MIN = 10_000_000;
    private static final long ASKED_AGAIN_NANOS_MAX = 300_000_000;

    private final Duration timeout;
    private final TurnLeases leases;
    private final HeldLeases held;
    private final Semaphore asking = new Semaphore(ASKING_MAX);
    private final Map<Session, Line> lines = new HashMap<>();

    private record Session(long channelId, String sessionId) {}

    private static final class Line {
        final ReentrantLock lock = new ReentrantLock(true);
        // Guarded by the map's monitor.
        int inside;
    }

    /**
     * Nobody waits yet.
     *
     * @param timeout how long a turn may wait for those before it, wherever they run
     */
    public SessionTurns(Duration timeout, TurnLeases leases) {
        this(timeout, leases, RENEWED_EVERY);
    }

    SessionTurns(Duration timeout, TurnLeases leases, Duration renewedEvery) {
        this.timeout = timeout;
        this.leases = leases;
        this.held = new HeldLeases(leases, renewedEvery);
    }

    /** A turn that runs; used and closed by the thread that began it. */
    public interface Turn extends AutoCloseable {
        /** To be given back by whoever writes what the turn came to. */
        TurnLease lease();

        /** The lease was given back: nothing is left to do but to leave the line. */
        void handedOn();

        @Override
        void close();
    }

    /**
     * Waits for the turns before it.
     *
     * @throws ApiException {@code QUEUE_FULL} with {@code Retry-After}: too many wait, or it waited too long
     */
    public Turn begin(long channelId, String sessionId) {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        Session session = new Session(channelId, sessionId);
        Line line;
        synchronized (lines) {
            line = lines.computeIfAbsent(session, absent -> new Line());
            if (line.inside == WAITING_MAX) {
                throw full(WAITING_MAX + " messages of this conversation are being answered already");
            }
            line.inside++;
        }
        boolean begun = false;
        try {
            if (!line.lock.tryLock(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw late();
            }
            try {
                TurnLease lease = lease(session, deadlineNanos);
                begun = true;
                return new Running(session, line, lease);
            } finally {
                if (!begun) {
                    line.lock.unlock();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(ErrorKind.MODEL_UNAVAILABLE, "Unavailable: the server was stopped.");
        } finally {
            if (!begun) {
                leave(session, line);
            }
        }
    }

    private TurnLease lease(Session session, long deadlineNanos) throws InterruptedException {
        TurnLease lease = leases.of(session.channelId, session.sessionId);
        if (!leases.take(lease)) {
            askAgain(lease, deadlineNanos);
        }
        held.add(lease);
        return lease;
    }

    private void askAgain(TurnLease lease, long deadlineNanos) throws InterruptedException {
        if (!asking.tryAcquire()) {
            throw full(ASKING_MAX + " conversations wait for other servers already");
        }
        try {
            long pauseNanos = ASKED_AGAIN_NANOS_MIN;
            do {
                long leftNanos = deadlineNanos - System.nanoTime();
                if (leftNanos <= 0) {
                    throw late();
                }
                TimeUnit.NANOSECONDS.sleep(Math.min(pauseNanos, leftNanos));
                pauseNanos = Math.min(pauseNanos * 3 / 2, ASKED_AGAIN_NANOS_MAX);
            } while (!leases.take(lease));
        } finally {
            asking.release();
        }
    }

    private final class Running implements Turn {
        private final Session session;
        private final Line line;
        private final TurnLease lease;
        private boolean handedOn;

        Running(Session session, Line line, TurnLease lease) {
            this.session = session;
            this.line = line;
            this.lease = lease;
        }

        @Override
        public TurnLease lease() {
            return lease;
        }

        @Override
        public void handedOn() {
            handedOn = true;
        }

        @Override
        public void close() {
            held.remove(lease);
            try {
                if (!handedOn) {
                    leases.release(lease);
                }
            } finally {
                line.lock.unlock();
                leave(session, line);
            }
        }
    }

    private void leave(Session session, Line line) {
        synchronized (lines) {
            line.inside--;
            if (line.inside == 0) {
                lines.remove(session);
            }
        }
    }

    /** Sessions that have a turn. */
    public int sessions() {
        synchronized (lines) {
            return lines.size();
        }
    }

    private ApiException late() {
        return full("the message before it has not been answered within " + timeout.toSeconds() + " s");
    }

    private static ApiException full(String why) {
        return new ApiException(
                ErrorKind.QUEUE_FULL, "Too many messages at once: " + why + ".", null, Map.of("Retry-After", "1"));
    }
}
