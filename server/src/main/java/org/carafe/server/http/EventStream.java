package org.carafe.server.http;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.carafe.server.openai.JsonBuffer;
import org.carafe.server.openai.Sse;
import org.jspecify.annotations.Nullable;

/**
 * A response of server-sent events. Headers go out with the first event, so that what fails before it still has a status. Several
 * threads may write; each call is one write and one flush. A peer that does not read blocks its writer until the idle timeout.
 */
final class EventStream {
    static final String CONTENT_TYPE = "text/event-stream; charset=utf-8";

    private final HttpServletResponse response;
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock.
    private @Nullable ServletOutputStream out;
    private boolean silent;
    private @Nullable Recording recording;
    private volatile long lastWriteNanos = System.nanoTime();

    EventStream(HttpServletResponse response) {
        this.response = response;
    }

    /** True once a status is on its way: an error then is an event. */
    boolean started() {
        return response.isCommitted();
    }

    /** Its events are to be recorded, comments and the last ones are not. To be called before the first one. */
    void record(Recording kept) {
        recording = kept;
    }

    /** Writes complete events and empties the buffer. */
    void write(JsonBuffer events) throws IOException {
        if (events.size() == 0) {
            return;
        }
        lock.lock();
        try {
            Recording kept = recording;
            if (kept != null) {
                byte[] bytes = events.toBytes();
                kept.add(bytes, bytes.length);
            }
            send(events);
        } finally {
            lock.unlock();
        }
    }

    /** Writes the last events of a stream that is whole: they were recorded before it was settled. */
    void finish(JsonBuffer events) throws IOException {
        send(events);
    }

    private void send(JsonBuffer events) throws IOException {
        lock.lock();
        try {
            ServletOutputStream stream = out;
            if (stream == null) {
                stream = open();
                out = stream;
            }
            events.writeTo(stream);
            stream.flush();
            lastWriteNanos = System.nanoTime();
        } finally {
            lock.unlock();
            events.clear();
        }
    }

    private ServletOutputStream open() throws IOException {
        response.setStatus(200);
        response.setContentType(CONTENT_TYPE);
        response.setHeader("Cache-Control", "no-cache");
        // Reverse proxies (nginx) collect a response unless told not to.
        response.setHeader("X-Accel-Buffering", "no");
        return response.getOutputStream();
    }

    /** Sends a comment if nothing was sent for so long; the failure of a dead connection shows at its next write. */
    void heartbeat(long idleNanos) {
        if (System.nanoTime() - lastWriteNanos < idleNanos || !lock.tryLock()) {
            return; // whoever holds the lock is writing
        }
        try {
            if (!silent) {
                send(Sse.comment(new JsonBuffer()));
            }
        } catch (IOException e) {
            silent = true;
        } finally {
            lock.unlock();
        }
    }

    /** No more comments: the response is about to be completed, by its own thread. */
    void silence() {
        lock.lock();
        try {
            silent = true;
        } finally {
            lock.unlock();
        }
    }
}
