package org.carafe.server.requestlog;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes entries without ever waiting, and writes them in batches on a thread of its own. What finds the queue full, or cannot be written
 * (a full disk), is dropped and counted. Thread-safe.
 */
public final class RequestLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RequestLog.class);
    private static final int QUEUE_ENTRIES = 16_384;
    /** UTF-16 units of prompts and answers that may wait. */
    private static final long TEXT_CHARS_MAX = 32L << 20;

    private static final int BATCH_ENTRIES = 512;
    private static final long FILE_BYTES_MAX = 100L << 20;
    private static final int OLDER_FILES_MAX = 5;
    private static final long IDLE_MILLIS = 200;
    /** How long an entry may wait for its thread at the end. */
    private static final long CLOSE_MILLIS = 5000;

    private final ArrayBlockingQueue<RequestEntry> queue;
    private final AtomicLong textChars = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final EntryEncoder encoder = new EntryEncoder();
    private final @Nullable Thread writer;
    private volatile boolean closing;

    private RequestLog(@Nullable LogTarget target, int queueEntries) {
        queue = new ArrayBlockingQueue<>(queueEntries);
        writer = target == null
                ? null
                : Thread.ofPlatform().daemon().name("request-log").start(() -> run(target));
    }

    /** Forgets everything. */
    public static RequestLog off() {
        return new RequestLog(null, 1);
    }

    /** Into a file of at most 100 MiB; five older ones stay beside it. */
    public static RequestLog to(Path file) {
        return to(new LogFile(file, FILE_BYTES_MAX, OLDER_FILES_MAX), QUEUE_ENTRIES);
    }

    /** Onto a stream, such as standard output. */
    public static RequestLog to(OutputStream out) {
        return to(LogTarget.of(out), QUEUE_ENTRIES);
    }

    static RequestLog to(LogTarget target, int queueEntries) {
        return new RequestLog(target, queueEntries);
    }

    /** True if entries are written at all. */
    public boolean isOn() {
        return writer != null;
    }

    /** Takes an entry; returns at once. */
    public void write(RequestEntry entry) {
        if (writer == null) {
            return;
        }
        RequestEntry.Texts texts = entry.texts();
        long chars = texts == null ? 0 : texts.chars();
        if (textChars.addAndGet(chars) > TEXT_CHARS_MAX || closing || !queue.offer(entry)) {
            textChars.addAndGet(-chars);
            dropped.incrementAndGet();
        }
    }

    /** Lines that are in the file. */
    public long written() {
        return written.get();
    }

    /** Entries that are not, for want of room in the queue or on the disk. */
    public long dropped() {
        return dropped.get();
    }

    private void run(LogTarget target) {
        List<RequestEntry> batch = new ArrayList<>(BATCH_ENTRIES);
        boolean failing = false;
        try (target) {
            while (true) {
                RequestEntry first = queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
                if (first == null) {
                    if (closing) {
                        return;
                    }
                    continue;
                }
                batch.add(first);
                queue.drainTo(batch, BATCH_ENTRIES - 1);
                failing = write(target, batch, failing);
                batch.clear();
            }
        } catch (InterruptedException e) {
            LOG.debug("the request log was interrupted");
        } catch (IOException e) {
            LOG.warn("the request log was not closed: {}", e.getMessage());
        }
    }

    /** Writes a batch; true if that failed. Only the first failure of a row is told. */
    private boolean write(LogTarget target, List<RequestEntry> batch, boolean failing) {
        try {
            ByteArrayOutputStream lines = new ByteArrayOutputStream(batch.size() * 512);
            for (RequestEntry entry : batch) {
                encoder.encode(entry, lines);
            }
            target.write(lines.toByteArray());
            written.addAndGet(batch.size());
            if (failing) {
                LOG.info("the request log is written again; {} lines were dropped in all", dropped.get());
            }
            return false;
        } catch (IOException | RuntimeException e) {
            dropped.addAndGet(batch.size());
            if (!failing) {
                LOG.warn("the request log cannot be written, requests go on without: {}", e.getMessage());
            }
            return true;
        } finally {
            for (RequestEntry entry : batch) {
                RequestEntry.Texts texts = entry.texts();
                if (texts != null) {
                    textChars.addAndGet(-texts.chars());
                }
            }
        }
    }

    /** Writes what is left, for five seconds at most. */
    @Override
    public void close() {
        closing = true;
        Thread thread = writer;
        if (thread == null) {
            return;
        }
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            thread.interrupt();
        }
    }
}
