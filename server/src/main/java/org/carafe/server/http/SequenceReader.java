package org.carafe.server.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.carafe.inference.engine.Usage;
import org.carafe.inference.text.TextEvent;
import org.carafe.inference.text.TextGeneration;
import org.jspecify.annotations.Nullable;

/**
 * Reads one sequence to its end, whatever happens on the way: only the end tells what was used. Runs on one virtual thread.
 */
final class SequenceReader implements Runnable {
    /** Where a sequence's events go. */
    interface Sink {
        void on(TextEvent event) throws IOException;

        /** A batch of events is through: what they made may be sent. */
        void flush() throws IOException;
    }

    private final TextGeneration generation;
    private final Sink sink;
    private final Sequences all;
    private boolean broken;
    private @Nullable TextEvent last;
    private @Nullable Throwable failure;

    /** @param all of the request: one that cannot be read, or whose peer is gone, ends the others */
    SequenceReader(TextGeneration generation, Sink sink, Sequences all) {
        this.generation = generation;
        this.sink = sink;
        this.all = all;
    }

    @Override
    public void run() {
        try {
            List<TextEvent> events = new ArrayList<>();
            while (generation.take(events)) {
                last = events.getLast();
                if (!broken) {
                    pass(events);
                }
                events.clear();
            }
        } catch (InterruptedException | RuntimeException | Error e) {
            failure = e;
            all.close();
        }
    }

    private void pass(List<TextEvent> events) {
        try {
            for (int i = 0; i < events.size(); i++) {
                sink.on(events.get(i));
            }
            sink.flush();
        } catch (IOException e) {
            broken = true;
            all.peerGone();
        }
    }

    /** The terminal event; null where reading itself failed. */
    @Nullable
    TextEvent last() {
        return last;
    }

    /** What reading threw, if it did. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** What it used. */
    Usage usage(int promptTokens) {
        return switch (last) {
            case TextEvent.End end -> end.usage();
            case TextEvent.Failed failed -> failed.usage();
            case null, default -> new Usage(promptTokens, 0, 0);
        };
    }
}
