package org.carafe.server.http;

import org.carafe.inference.runner.BatchPlan;
import org.carafe.inference.runner.ModelRunner;
import org.carafe.inference.runner.RunnerShape;
import org.carafe.inference.runner.StepResult;

/** A runner whose steps a test can hold back, so that what is to be there at once is there at once. */
final class HeldRunner implements ModelRunner {
    private final ModelRunner runner;
    private boolean held;
    private boolean holding;

    HeldRunner(ModelRunner runner) {
        this.runner = runner;
    }

    /** From the next step on. */
    synchronized void hold() {
        held = true;
    }

    synchronized void release() {
        held = false;
        notifyAll();
    }

    /** Whether a step is held back right now. */
    synchronized boolean isHolding() {
        return holding;
    }

    private synchronized void awaitRelease() {
        holding = held;
        while (held) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        holding = false;
    }

    @Override
    public RunnerShape shape() {
        return runner.shape();
    }

    @Override
    public StepResult step(BatchPlan plan) {
        awaitRelease();
        return runner.step(plan);
    }

    @Override
    public void close() {
        runner.close();
    }
}
