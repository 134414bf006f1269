package org.carafe.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * A server over HTTP/1.1 with kept-alive connections, one each for every place of the plan's concurrency. One thread does it all:
 * it waits in a selector, and reads many tokens a system call when many came.
 */
public final class HttpTarget implements Target {
    private static final int READ_BYTES = 256 << 10;
    private static final long PROGRESS_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long STALL_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final InetSocketAddress address;
    private final IntFunction<byte[]> requests;
    private final boolean streamed;
    private final byte[] data = new byte[READ_BYTES];
    private final ByteBuffer buffer = ByteBuffer.wrap(data);
    private int sent;

    /**
     * A target.
     *
     * @param requests the bytes of the n-th request, head and body
     * @param streamed answers are SSE streams
     */
    public HttpTarget(InetSocketAddress address, IntFunction<byte[]> requests, boolean streamed) {
        this.address = address;
        this.requests = requests;
        this.streamed = streamed;
    }

    @Override
    public Summary run(LoadPlan plan, Progress progress) throws IOException {
        Recorder recorder = new Recorder();
        long started = System.nanoTime();
        Arrivals arrivals = new Arrivals(plan, started);
        Deque<Connection> idle = new ArrayDeque<>();
        List<Connection> all = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < plan.concurrency(); i++) {
                Connection connection = new Connection(selector);
                all.add(connection);
                idle.add(connection);
            }
            long nextProgress = started + PROGRESS_NANOS;
            long lastEvent = started;
            while (true) {
                long now = System.nanoTime();
                while (!idle.isEmpty() && !arrivals.isOver(now) && arrivals.dueNanos(now) <= now) {
                    long due = arrivals.dueNanos(now);
                    arrivals.take();
                    start(idle.poll(), due, recorder, idle);
                }
                if (arrivals.isOver(now) && idle.size() == all.size()) {
                    break;
                }
                long wait = idle.isEmpty() || arrivals.isOver(now) ? PROGRESS_NANOS : arrivals.dueNanos(now) - now;
                selector.select(
                        key -> ready((Connection) key.attachment(), recorder, idle),
                        Math.clamp(TimeUnit.NANOSECONDS.toMillis(Math.min(wait, nextProgress - now)), 1, 200));
                int ended = recorder.succeeded() + recorder.failed();
                if (now >= nextProgress) {
                    progress.at(ended, recorder.outputTokens());
                    nextProgress = now + PROGRESS_NANOS;
                }
                lastEvent = Math.max(lastEvent, latest(all));
                if (now - lastEvent > STALL_NANOS) {
                    throw new IOException("nothing came from " + address + " for 5 minutes");
                }
            }
            progress.at(recorder.succeeded() + recorder.failed(), recorder.outputTokens());
            return recorder.summary(plan, System.nanoTime() - started);
        } finally {
            for (Connection connection : all) {
                connection.close();
            }
        }
    }

    private static long latest(List<Connection> all) {
        long latest = Long.MIN_VALUE;
        for (Connection connection : all) {
            latest = Math.max(latest, connection.lastNanos);
        }
        return latest;
    }

    private void start(Connection connection, long dueNanos, Recorder recorder, Deque<Connection> idle) {
        try {
            connection.send(requests.apply(sent++), dueNanos);
        } catch (IOException e) {
            fail(connection, recorder, idle, "connection: " + e.getMessage());
        }
    }

    private void ready(Connection connection, Recorder recorder, Deque<Connection> idle) {
        try {
            connection.read(recorder);
            if (connection.parser.isDone()) {
                connection.finish(recorder);
                idle.add(connection);
            }
        } catch (IOException e) {
            fail(connection, recorder, idle, "connection: " + e.getMessage());
        }
    }

    private static void fail(Connection connection, Recorder recorder, Deque<Connection> idle, String kind) {
        recorder.failed(kind);
        connection.close();
        idle.add(connection);
    }

    @Override
    public void close() {}

    /** One kept-alive connection with at most one request under way; opened on first use and after a failure. */
    private final class Connection {
        private final Selector selector;
        private final AnswerBody body = new AnswerBody();
        private final ResponseParser parser = new ResponseParser(body);
        private final TokenGaps gaps = new TokenGaps();
        private SocketChannel channel;
        private long dueNanos;
        private long firstNanos;
        private long lastNanos = System.nanoTime();
        private int textEvents;

        Connection(Selector selector) {
            this.selector = selector;
        }

        void send(byte[] request, long due) throws IOException {
            if (channel == null) {
                channel = SocketChannel.open(address);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ, this);
            }
            parser.reset();
            body.reset();
            textEvents = 0;
            gaps.reset();
            firstNanos = -1;
            dueNanos = due;
            lastNanos = System.nanoTime();
            ByteBuffer out = ByteBuffer.wrap(request);
            while (out.hasRemaining()) {
                // A request is far smaller than a socket's buffer, so this all but never turns.
                channel.write(out);
            }
        }

        void read(Recorder recorder) throws IOException {
            buffer.clear();
            int length = channel.read(buffer);
            if (length < 0) {
                throw new EOFException("closed by the server");
            }
            parser.parse(data, length);
            long now = System.nanoTime();
            if (streamed && body.hasText()) {
                int events = body.textEvents();
                gaps.arrived(firstNanos < 0 ? 0 : now - lastNanos, events - textEvents, recorder);
                if (firstNanos < 0) {
                    firstNanos = now;
                }
                textEvents = events;
                lastNanos = now;
            }
        }

        void finish(Recorder recorder) {
            if (parser.status() != 200) {
                recorder.failed("HTTP " + parser.status() + ": " + body.tailText());
                return;
            }
            int tokens = body.completionTokens();
            if (tokens == 0) {
                recorder.failed("no usage in the answer: " + body.tailText());
                return;
            }
            long now = System.nanoTime();
            recorder.succeeded(
                    firstNanos < 0 ? -1 : firstNanos - dueNanos, now - dueNanos, body.promptTokens(), tokens);
        }

        void close() {
            try {
                if (channel != null) {
                    channel.close();
                }
            } catch (IOException e) {
                // Nothing is left to do for a socket that does not even close.
            } finally {
                channel = null;
            }
        }
    }
}
