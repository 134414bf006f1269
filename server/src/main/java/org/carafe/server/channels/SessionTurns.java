package org.carafe.server.channels;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;

/**
 * Lets the turns of a session run one after the other, in the order they came. Sessions that nobody waits for take no memory. Thread-safe.
 */
public final class SessionTurns {
    /** Turns of a session that wait, the one that runs included. */
    public static final int WAITING_MAX = 8;

    private final Duration timeout;
    private final Map<Session, Line> lines = new HashMap<>();

    private record Session(long channelId, String sessionId) {}

    private static final class Line {
        final ReentrantLock lock = new ReentrantLock(true);
        // Guarded by the map's monitor.
        int inside;
    }

    /** @param timeout how long a turn may wait for those before it */
    public SessionTurns(Duration timeout) {
        this.timeout = timeout;
    }

    /** A turn that runs; closed by the thread that began it. */
    public interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Waits for the turns before it.
     *
     * @throws ApiException {@code QUEUE_FULL} with {@code Retry-After}: too many wait, or it waited too long
     */
    public Turn begin(long channelId, String sessionId) {
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
            begun = line.lock.tryLock(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(ErrorKind.MODEL_UNAVAILABLE, "Unavailable: the server was stopped.");
        } finally {
            if (!begun) {
                leave(session, line);
            }
        }
        if (!begun) {
            throw full("the message before it has not been answered within " + timeout.toSeconds() + " s");
        }
        return () -> {
            line.lock.unlock();
            leave(session, line);
        };
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

    private static ApiException full(String why) {
        return new ApiException(
                ErrorKind.QUEUE_FULL, "Too many messages at once: " + why + ".", null, Map.of("Retry-After", "1"));
    }
}
