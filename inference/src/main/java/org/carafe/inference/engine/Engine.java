package org.carafe.inference.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.carafe.inference.IntView;
import org.carafe.inference.runner.ModelRunner;
import org.carafe.inference.runner.RunnerShape;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Generates: takes requests from any thread, steps scheduler and runner on one, and hands back streams of events. Owns the runner and
 * closes it.
 *
 * <p>{@link #start} spawns the engine thread, which calls {@link #step} and parks when there is nothing to do; a test calls
 * {@code step} itself instead. Either way one thread at a time steps, and that thread owns all state ({@link EngineCore}): others only
 * append commands.
 *
 * <p>A step that throws fails the sequences of its batch and nothing else. An error outside the runner (a broken law) ends the engine:
 * every stream fails, further submissions are refused.
 */
public final class Engine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final long IDLE_PARK_NANOS = Duration.ofMinutes(1).toNanos();
    private static final long DRAIN_POLL_MILLIS = 5;

    private enum State {
        OPEN,
        DRAINING,
        CLOSED
    }

    private sealed interface Command {
        record Submit(Generation generation) implements Command {}

        record Cancel(Generation generation) implements Command {}
    }

    private final ModelRunner runner;
    private final RunnerShape shape;
    private final EngineConfig config;
    private final EngineClock clock;
    private final QueueGate gate;
    private final EngineCore core;
    private final AtomicLong ids = new AtomicLong();

    /** Bounded by its writers: a request submits once, through the gate, and cancels at most once. */
    private final ConcurrentLinkedQueue<Command> commands = new ConcurrentLinkedQueue<>();

    private volatile State state = State.OPEN;

    /** Nobody steps any more: whoever finds commands fails them. */
    private volatile boolean terminated;

    /** The engine thread is about to park or has. */
    private volatile boolean parked;

    /** How many of those that were given an id have ended, as of the last step. */
    private volatile long ended;

    private volatile EngineStats stats;
    private volatile @Nullable Thread thread;

    public Engine(ModelRunner runner, EngineConfig config, EngineClock clock, EngineListener listener) {
        this.runner = runner;
        this.config = config;
        this.clock = clock;
        shape = runner.shape();
        gate = new QueueGate(config.waitingMax());
        core = new EngineCore(runner, config, clock, listener, gate);
        stats = core.stats();
    }

    /** With the machine's clock and no listener. */
    public Engine(ModelRunner runner, EngineConfig config) {
        this(runner, config, EngineClock.system(), EngineListener.NONE);
    }

    /** What the runner loaded. */
    public RunnerShape shape() {
        return shape;
    }

    /** Most tokens of a sequence, prompt and output: what the model was loaded for, or what the KV cache holds if that is less. */
    public int contextTokensMax() {
        return (int) Math.min(shape.contextTokensMax(), (long) shape.kvBlocks() * shape.blockTokens());
    }

    /** Whether requests are taken: false while draining, when closed and when the engine thread died. */
    public boolean isOpen() {
        return state == State.OPEN;
    }

    /** The engine after its last step. Any thread. */
    public EngineStats stats() {
        return stats.withWaitingAtLeast(gate.waiting());
    }

    /** Spawns the engine thread. */
    public synchronized void start() {
        assert thread == null && state == State.OPEN : "an engine starts once";
        thread = Thread.ofPlatform().name("engine").start(this::run);
    }

    /**
     * Queues a request. Any thread.
     *
     * @throws RequestTooLargeException it can never run
     * @throws IllegalArgumentException the prompt is empty or holds an id that is no token of the model
     * @throws QueueFullException too many wait, of all accounts or of this one
     * @throws EngineStoppedException the engine drains, was closed or died
     */
    public GenerationStream submit(GenerationRequest request) {
        requireOpen();
        long tokens = (long) request.prompt().size() + request.maxTokens();
        if (tokens > contextTokensMax()) {
            throw new RequestTooLargeException(
                    "the prompt's " + request.prompt().size() + " tokens and up to " + request.maxTokens()
                            + " generated ones exceed the context of " + contextTokensMax());
        }
        requireTokens(request.prompt());
        if (!gate.tryEnter(request.account())) {
            int waiting = gate.waiting();
            throw new QueueFullException(waiting, core.admissionRate().retryAfterSeconds(waiting));
        }
        long now = clock.nanos();
        Generation generation = new Generation(
                ids.incrementAndGet(),
                request,
                now,
                deadlineNanos(request.deadline(), now),
                config.streamEventsMax(),
                this::cancel);
        command(new Command.Submit(generation));
        return generation.stream;
    }

    private long deadlineNanos(@Nullable Instant deadline, long nowNanos) {
        if (deadline == null) {
            return Long.MAX_VALUE;
        }
        Duration left = Duration.between(clock.now(), deadline);
        return left.compareTo(Duration.ofDays(365)) > 0 ? Long.MAX_VALUE : nowNanos + Math.max(0, left.toNanos());
    }

    /** An id outside of the vocabulary would fail a whole batch on the device. */
    private void requireTokens(IntView prompt) {
        if (prompt.size() == 0) {
            throw new IllegalArgumentException("the prompt is empty");
        }
        for (int i = 0; i < prompt.size(); i++) {
            int id = prompt.get(i);
            if (id < 0 || id >= shape.vocabularySize()) {
                throw new IllegalArgumentException("token " + id + " at position " + i
                        + " of the prompt is outside of the vocabulary of " + shape.vocabularySize());
            }
        }
    }

    private void requireOpen() {
        if (state != State.OPEN) {
            throw new EngineStoppedException(
                    state == State.DRAINING ? "the server is shutting down" : "the engine is stopped");
        }
    }

    private void cancel(Generation generation) {
        command(new Command.Cancel(generation));
    }

    private void command(Command command) {
        commands.add(command);
        wake();
        if (terminated) {
            failRest();
        }
    }

    private void wake() {
        Thread current = thread;
        if (parked && current != null) {
            parked = false;
            LockSupport.unpark(current);
        }
    }

    /**
     * Executes what was commanded, then schedules, runs and commits one batch.
     *
     * @return tokens computed; 0 where there was nothing to do
     */
    public int step() {
        drainCommands();
        int tokens = core.step();
        stats = core.stats();
        ended = core.ended();
        return tokens;
    }

    /** For tests that step by hand. */
    EngineCore core() {
        return core;
    }

    private void drainCommands() {
        for (Command command = commands.poll(); command != null; command = commands.poll()) {
            switch (command) {
                case Command.Submit(Generation generation) -> core.submit(generation);
                case Command.Cancel(Generation generation) -> core.cancel(generation);
            }
        }
    }

    private void run() {
        try {
            while (state != State.CLOSED) {
                if (step() == 0) {
                    park();
                }
            }
        } catch (Throwable e) {
            LOG.error("the engine thread died; every request fails from here on", e);
        } finally {
            terminate();
        }
    }

    private void park() {
        parked = true;
        // A writer appends and then looks at parked; we set parked and then look at the queue: one sees the other.
        if (commands.isEmpty() && state != State.CLOSED) {
            long deadline = core.nextDeadlineNanos();
            long untilDeadline = deadline == Long.MAX_VALUE ? IDLE_PARK_NANOS : deadline - clock.nanos();
            LockSupport.parkNanos(this, Math.clamp(untilDeadline, 1, IDLE_PARK_NANOS));
        }
        parked = false;
    }

    /**
     * Takes no further requests and waits until all that were taken have ended, or until the time is over. Without an engine thread it
     * steps itself.
     *
     * @return whether all have ended
     */
    public boolean drain(Duration timeout) throws InterruptedException {
        synchronized (this) {
            if (state == State.OPEN) {
                state = State.DRAINING;
            }
        }
        long end = System.nanoTime() + timeout.toNanos();
        while (!terminated && ended < ids.get()) {
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            if (thread == null) {
                step();
            } else {
                Thread.sleep(DRAIN_POLL_MILLIS);
            }
        }
        return true;
    }

    /** Stops after the step that runs, fails what is left with {@code SHUTDOWN}, and closes the runner. */
    @Override
    public void close() {
        synchronized (this) {
            state = State.CLOSED;
        }
        Thread current = thread;
        if (current == null) {
            terminate();
            return;
        }
        wake();
        boolean interrupted = false;
        while (current.isAlive()) {
            try {
                current.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whoever comes second waits: when a closer returns, nothing of the runner reads what the closer frees next. */
    private synchronized void terminate() {
        state = State.CLOSED;
        if (terminated) {
            return;
        }
        terminated = true;
        failRest();
        runner.close();
    }

    /** Fails all that was taken. After the end of stepping only, by whoever finds something. */
    private synchronized void failRest() {
        for (Command command = commands.poll(); command != null; command = commands.poll()) {
            if (command instanceof Command.Submit(Generation generation)) {
                core.submit(generation);
            }
        }
        core.failAll("the engine was stopped");
        ended = core.ended();
        stats = core.stats();
    }
}
