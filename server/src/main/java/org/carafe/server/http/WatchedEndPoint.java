package org.carafe.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A connection that notices when its peer goes away while a request is being answered.
 *
 * <p>Jetty reads nothing between a request's last byte and its response's, so over HTTP/1.1 a closed peer stays unnoticed until
 * something is written; an answer that is not streamed would be generated for nobody. Here the selector tells when the socket becomes
 * readable during that time, and one byte is read ahead: an end of file or an error means the peer is gone. (A peer that only shut
 * down its sending side looks the same; it is treated as gone, as Go's net/http does.) A byte that was there is the beginning of a
 * pipelined request, kept for the next {@link #fill}.
 *
 * <p>Also bounds how long the head of a request may take to arrive: the idle timeout alone lets a peer send a byte now and then
 * forever.
 */
final class WatchedEndPoint extends SocketChannelEndPoint {
    private final long headTimeoutNanos;
    private final Object lock = new Object();
    // All guarded by lock.
    private final ByteBuffer ahead = ByteBuffer.allocate(1).limit(0);
    private @Nullable Runnable onGone;
    private boolean answering;
    private boolean receiving;
    private long receivingSinceNanos;

    WatchedEndPoint(
            SocketChannel channel,
            ManagedSelector selector,
            SelectionKey key,
            Scheduler scheduler,
            long headTimeoutMillis) {
        super(channel, selector, key, scheduler);
        this.headTimeoutNanos = headTimeoutMillis * 1_000_000;
    }

    /** The connection that a request came by; none in HTTP/2 or a test without sockets. */
    static Optional<WatchedEndPoint> of(HttpServletRequest request) {
        EndPoint connection = ServletContextRequest.getServletContextRequest(request)
                .getConnectionMetaData()
                .getConnection()
                .getEndPoint();
        return connection instanceof WatchedEndPoint watched ? Optional.of(watched) : Optional.empty();
    }

    /** A request's head was read: its body has its own deadline. */
    void answering() {
        synchronized (lock) {
            answering = true;
            receiving = false;
        }
    }

    /** The response is about to be completed, what is read from now on is the next request. Ends a watch. */
    void answered() {
        boolean watched;
        synchronized (lock) {
            answering = false;
            watched = onGone != null;
            onGone = null;
        }
        if (watched) {
            // Takes the callback back, unless it is just being called; then it finds nothing to do.
            getFillInterest().onFail(new Unwatched());
        }
    }

    /** Calls {@code onGone} once if the peer goes away before {@link #answered()}. To be called when the request's body was read to its end. */
    void watch(Runnable gone) {
        synchronized (lock) {
            if (ahead.hasRemaining()) {
                return;
            }
            onGone = gone;
        }
        tryFillInterested(new Watch());
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        synchronized (lock) {
            if (ahead.hasRemaining()) {
                int position = BufferUtil.flipToFill(buffer);
                buffer.put(ahead.get());
                BufferUtil.flipToFlush(buffer, position);
                return 1;
            }
            int filled = super.fill(buffer);
            if (filled > 0 && !answering) {
                long now = System.nanoTime();
                if (!receiving) {
                    receiving = true;
                    receivingSinceNanos = now;
                } else if (now - receivingSinceNanos > headTimeoutNanos) {
                    throw new IOException("the head of a request took too long");
                }
            }
            return filled;
        }
    }

    @Override
    protected void needsFillInterest() {
        boolean pipelined;
        synchronized (lock) {
            pipelined = ahead.hasRemaining();
        }
        if (!pipelined) {
            super.needsFillInterest();
            return;
        }
        // The socket may stay silent: what is to be read lies here already.
        Thread.ofVirtual().name("pipelined").start(() -> getFillInterest().fillable());
    }

    private void readable() {
        Runnable gone;
        synchronized (lock) {
            gone = onGone;
            if (gone == null) {
                return;
            }
            onGone = null;
            try {
                ahead.clear();
                int read = getChannel().read(ahead);
                ahead.flip();
                if (read > 0) {
                    return;
                }
                if (read == 0) {
                    onGone = gone;
                    gone = null;
                }
            } catch (IOException e) {
                ahead.limit(0);
            }
        }
        if (gone == null) {
            tryFillInterested(new Watch());
        } else {
            gone.run();
        }
    }

    /** Once a request: without a stack trace, which would cost more than all the rest of a watch. */
    private static final class Unwatched extends EofException {
        private static final long serialVersionUID = 1L;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    private final class Watch implements Callback {
        @Override
        public void succeeded() {
            readable();
        }

        @Override
        public void failed(Throwable cause) {
            Runnable gone;
            synchronized (lock) {
                gone = onGone;
                onGone = null;
            }
            if (gone != null) {
                gone.run();
            }
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }
}
