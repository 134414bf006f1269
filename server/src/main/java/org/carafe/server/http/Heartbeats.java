package org.carafe.server.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Sends comments on streams that are silent (a request in the queue, a long prompt), so that proxies keep them and dead peers are found. */
final class Heartbeats implements AutoCloseable {
    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
    private final int idleMillis;
    private final Thread clock;

    Heartbeats(int idleMillis) {
        this.idleMillis = idleMillis;
        clock = Thread.ofVirtual().name("heartbeats").start(this::run);
    }

    void add(EventStream stream) {
        streams.add(stream);
    }

    void remove(EventStream stream) {
        streams.remove(stream);
        stream.silence();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(Math.max(1, idleMillis / 2));
                // A write may block on a peer that does not read: never on the clock's thread.
                for (EventStream stream : streams) {
                    Thread.ofVirtual().name("heartbeat").start(() -> stream.heartbeat(idleMillis * 1_000_000L));
                }
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    @Override
    public void close() {
        clock.interrupt();
    }
}
