package org.carafe.inference.text;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.carafe.inference.engine.GenerationEvent;
import org.carafe.inference.engine.GenerationStream;

/** A generation whose events are known beforehand, given out in batches of given sizes. */
final class ScriptedStream implements GenerationStream {
    private final Deque<GenerationEvent> events;
    private final Deque<Integer> batchSizes;
    private boolean cancelled;

    ScriptedStream(List<? extends GenerationEvent> events, List<Integer> batchSizes) {
        this.events = new ArrayDeque<>(events);
        this.batchSizes = new ArrayDeque<>(batchSizes);
    }

    boolean cancelled() {
        return cancelled;
    }

    @Override
    public boolean take(List<GenerationEvent> target) {
        Integer size = batchSizes.poll();
        for (int i = size == null ? 1 : size; i > 0 && !events.isEmpty(); i--) {
            target.add(events.remove());
        }
        return !target.isEmpty();
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    @Override
    public void close() {
        cancel();
    }
}
