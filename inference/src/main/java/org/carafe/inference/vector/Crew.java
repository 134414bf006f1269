package org.carafe.inference.vector;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that run one task together, each its share, and meet at barriers. The caller is one of them. Waiting spins for a moment, then
 * yields (another program may have the core of the thread that is waited for), and between tasks sleeps: an idle crew takes no core.
 */
final class Crew implements AutoCloseable {
    /** What a member runs. */
    interface Task {
        /** @param member from 0 to the crew's size - 1 */
        void run(int member);
    }

    /** Pieces of work that can be claimed from between two barriers. */
    static final int WORKS_MAX = 3;

    /** Counters lie a cache line apart. */
    private static final int COUNTER_STRIDE = 32;

    private static final int SPINS_BEFORE_YIELDING = 2_000;
    private static final int SPINS_BEFORE_SLEEPING = 20_000;

    private final int size;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger tasksBegun = new AtomicInteger();
    private final AtomicInteger working = new AtomicInteger();
    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicInteger barriersPassed = new AtomicInteger();
    private final AtomicIntegerArray claimed = new AtomicIntegerArray(WORKS_MAX * COUNTER_STRIDE);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile @Nullable Task task;
    private volatile boolean closed;

    /** @param size threads, the caller included */
    Crew(int size) {
        this.size = size;
        for (int member = 1; member < size; member++) {
            int me = member;
            threads.add(
                    Thread.ofPlatform().daemon().name("carafe-decode-" + member).start(() -> serve(me)));
        }
    }

    /**
     * Runs the task on all members; returns when all are through. One caller at a time.
     *
     * @throws IllegalStateException a member threw; the others stopped at their next barrier
     */
    void run(Task next) {
        failure.set(null);
        arrived.set(0);
        resetClaims();
        working.set(size);
        task = next;
        tasksBegun.incrementAndGet();
        threads.forEach(LockSupport::unpark);
        work(next, 0);
        for (int spins = 0; working.get() > 0; spins++) {
            relax(spins);
        }
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("a decoding thread failed: " + failed, failed);
        }
    }

    private void work(Task now, int member) {
        try {
            now.run(member);
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        } finally {
            working.decrementAndGet();
        }
    }

    /**
     * Waits until every member is here; what they wrote before is seen after.
     *
     * @throws IllegalStateException another member failed and will not come
     */
    void barrier() {
        int now = barriersPassed.get();
        if (arrived.incrementAndGet() == size) {
            arrived.set(0);
            resetClaims();
            barriersPassed.set(now + 1);
            return;
        }
        for (int spins = 0; barriersPassed.get() == now; spins++) {
            if (failure.get() != null) {
                throw new IllegalStateException("another decoding thread failed");
            }
            relax(spins);
        }
    }

    @SuppressWarnings(
            "ThreadPriorityCheck") // yields only where spinning has not helped: the core is somebody else's then
    private static void relax(int spins) {
        if (spins < SPINS_BEFORE_YIELDING) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }

    private void serve(int member) {
        int seen = 0;
        while (true) {
            for (int spins = 0; tasksBegun.get() == seen; spins++) {
                if (closed) {
                    return;
                }
                if (spins < SPINS_BEFORE_SLEEPING) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                }
            }
            seen = tasksBegun.get();
            Task now = task;
            assert now != null : "a task was begun";
            work(now, member);
        }
    }

    /**
     * The next piece of a piece of work that members share: 0, 1, 2 and so on, each to one of them. A member whose core is taken away for
     * a while gets fewer, and the others do not wait for it. Counting begins anew at each barrier.
     *
     * @param work one of {@link #WORKS_MAX} between two barriers
     */
    int claim(int work) {
        return claimed.getAndIncrement(work * COUNTER_STRIDE);
    }

    private void resetClaims() {
        for (int work = 0; work < WORKS_MAX; work++) {
            claimed.set(work * COUNTER_STRIDE, 0);
        }
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(LockSupport::unpark);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
