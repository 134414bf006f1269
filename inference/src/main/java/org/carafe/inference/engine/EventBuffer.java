package org.carafe.inference.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.carafe.inference.sampling.SampledToken;
import org.carafe.inference.sampling.TokenLogprobs;
import org.jspecify.annotations.Nullable;

/**
 * Hands events from the engine thread to one reader without a lock, so that the engine never waits for a reader: a stack onto which
 * the engine pushes and from which the reader takes all at once. The reader is woken only when it has parked.
 *
 * <p>What a reader may fall behind is a bound on memory: a token with log-probabilities counts one more for every four of them, and what was
 * taken counts until the reader comes back for more.
 */
final class EventBuffer implements GenerationStream {
    private static final VarHandle TOP;

    static {
        try {
            TOP = MethodHandles.lookup().findVarHandle(EventBuffer.class, "top", Node.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Log-probabilities that take about as much memory as an event does. */
    private static final int LOGPROBS_OF_EVENT = 4;

    private static final class Node {
        final GenerationEvent event;

        @Nullable
        Node below;

        Node(GenerationEvent event) {
            this.event = event;
        }
    }

    private final int eventsMax;
    private final Runnable onCancel;

    @SuppressWarnings("UnusedVariable") // through TOP
    private volatile @Nullable Node top;

    /** The reader while it parks or is about to. */
    private volatile @Nullable Thread parked;

    private volatile long taken;
    private volatile boolean ended;
    private volatile boolean cancelled;

    /** The engine thread's. */
    private long offered;

    /** The reader's: taken, and perhaps still in its hands. */
    private long held;

    /** The reader's. */
    private boolean endTaken;

    EventBuffer(int eventsMax, Runnable onCancel) {
        this.eventsMax = eventsMax;
        this.onCancel = onCancel;
    }

    /** Whether the reader is so far behind that nothing but the end may be pushed. The engine thread's. */
    boolean isFull() {
        return offered - taken >= eventsMax;
    }

    /** Adds an event that is not the last. The engine thread's. */
    void push(GenerationEvent event) {
        assert !ended : "nothing follows the end";
        add(event);
    }

    /** Adds the last event. The engine thread's. */
    void end(GenerationEvent event) {
        assert !ended : "a stream ends once";
        add(event);
        ended = true;
    }

    /** How many events one is worth. A prompt's log-probabilities are there at once, however slow the reader. */
    private static int weight(GenerationEvent event) {
        return event instanceof GenerationEvent.Token(SampledToken(int tokenId, TokenLogprobs logprobs))
                        && logprobs != null
                ? weight(logprobs.top().size())
                : 1;
    }

    /** Of a token with that many alternatives, -1: without log-probabilities. */
    static int weight(int alternatives) {
        return 1 + Math.ceilDiv(1 + alternatives, LOGPROBS_OF_EVENT);
    }

    private void add(GenerationEvent event) {
        offered += weight(event);
        Node node = new Node(event);
        Node below;
        do {
            below = top;
            node.below = below;
        } while (!TOP.compareAndSet(this, below, node));
        Thread reader = parked;
        if (reader != null) {
            parked = null;
            LockSupport.unpark(reader);
        }
    }

    @Override
    public boolean take(List<GenerationEvent> target) throws InterruptedException {
        taken = held;
        if (endTaken) {
            return false;
        }
        Node node = (Node) TOP.getAndSet(this, null);
        while (node == null) {
            parked = Thread.currentThread();
            // The engine looks at parked after it pushed, the reader at the stack after it set parked: one of them sees
            // the other.
            if (top == null) {
                LockSupport.park(this);
                if (Thread.interrupted()) {
                    parked = null;
                    throw new InterruptedException();
                }
            }
            parked = null;
            node = (Node) TOP.getAndSet(this, null);
        }
        append(node, target);
        return true;
    }

    /** Takes what is there without waiting; the reader's. */
    void poll(List<GenerationEvent> target) {
        taken = held;
        Node node = (Node) TOP.getAndSet(this, null);
        if (node != null) {
            append(node, target);
        }
    }

    /** Appends the stack from its bottom to its top. */
    private void append(Node newest, List<GenerationEvent> target) {
        Node reversed = null;
        for (Node node = newest; node != null; ) {
            Node below = node.below;
            node.below = reversed;
            reversed = node;
            node = below;
        }
        for (Node node = reversed; node != null; node = node.below) {
            target.add(node.event);
            held += weight(node.event);
        }
        endTaken = newest.event instanceof GenerationEvent.Finished || newest.event instanceof GenerationEvent.Failed;
    }

    @Override
    public void cancel() {
        if (!cancelled && !ended) {
            cancelled = true;
            onCancel.run();
        }
    }

    @Override
    public void close() {
        cancel();
    }
}
