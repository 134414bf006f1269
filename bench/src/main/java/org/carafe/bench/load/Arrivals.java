package org.carafe.bench.load;

import java.util.SplittableRandom;

/** When requests may start: at once in a closed loop, at the seeded times of a Poisson process in an open one. */
public final class Arrivals {
    private final LoadPlan plan;
    private final long startNanos;
    private final SplittableRandom random;
    private int taken;
    private double nextSeconds;

    public Arrivals(LoadPlan plan, long startNanos) {
        this.plan = plan;
        this.startNanos = startNanos;
        this.random = new SplittableRandom(plan.seed());
    }

    /** Requests that were started. */
    public int taken() {
        return taken;
    }

    /** True once no further request will start. */
    public boolean isOver(long nowNanos) {
        return taken >= plan.requests()
                || (plan.secondsMax() > 0 && dueNanos(nowNanos) - startNanos > (long) (plan.secondsMax() * 1e9));
    }

    /** When the next request is due ({@link System#nanoTime()}); latency counts from here, so that a late start is not hidden. */
    public long dueNanos(long nowNanos) {
        return plan.isOpenLoop() ? startNanos + (long) (nextSeconds * 1e9) : nowNanos;
    }

    /** Takes the request that is due. */
    public void take() {
        taken++;
        if (plan.isOpenLoop()) {
            nextSeconds += -Math.log1p(-random.nextDouble()) / plan.requestsPerSecond();
        }
    }
}
