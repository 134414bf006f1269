package org.carafe.inference.runner;

/**
 * Runs a loaded model on a device. Not thread-safe: one thread (the engine's) makes every call.
 *
 * <p>The KV cache is an array of {@link RunnerShape#kvBlocks()} blocks of {@link RunnerShape#blockTokens()} tokens. Who owns which
 * block is the scheduler's business; the runner reads and writes the blocks that a plan names and nothing else.
 */
public interface ModelRunner extends AutoCloseable {
    /** What was loaded and how much it can hold. */
    RunnerShape shape();

    /**
     * Runs the model once over a mixed batch: writes the plan's tokens into the KV cache, attends, and samples where a slice asks.
     *
     * @throws RunnerException the step failed; its sequences are lost, the runner takes further steps
     */
    StepResult step(BatchPlan plan);

    @Override
    void close();
}
