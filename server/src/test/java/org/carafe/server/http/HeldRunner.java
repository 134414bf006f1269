package org.carafe.server.http;

import org.carafe.inference.runner.BatchPlan;
import org.carafe.inference.runner.ModelRunner;
import org.carafe.inference.runner.RunnerException;
import org.carafe.inference.runner.RunnerShape;
import org.carafe.inference.runner.StepResult;

/** A runner whose steps a test can hold back, so that what is to be there at once is there at once. */
final class HeldRunner implements ModelRunner {
    private final ModelRunner runner;
    private boolean held;
    private boolean holding;
    private boolean failing;
    private int[] lastPrompt = {};

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

    /** Every step fails from the next one on. */
    synchronized void fail(boolean value) {
        failing = value;
    }

    /** The ids of the prompt that was computed last. */
    synchronized int[] lastPrompt() {
        return lastPrompt;
    }

    private synchronized void note(BatchPlan plan) {
        for (BatchPlan.Slice slice : plan.slices()) {
            if (slice.count() > 1) {
                lastPrompt = new int[slice.tokens().size()];
                for (int i = 0; i < lastPrompt.length; i++) {
                    lastPrompt[i] = slice.tokens().get(i);
                }
            }
        }
        if (failing) {
            throw new RunnerException("step failed on purpose");
        }
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
        note(plan);
        return runner.step(plan);
    }

    @Override
    public void close() {
        runner.close();
    }
}
